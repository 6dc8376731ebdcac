import { installPackages } from '../host/packages.ts'
import { run } from '../host/run.ts'

const packages = [
  'postfix',
  'libsasl2-modules',
  'sasl2-bin',
  'nftables',
  'iproute2',
  'util-linux',
  'coreutils',
  'openssl',
] as const

let checked: Promise<void> | undefined

/** Installs the Debian packages that the harness uses and that are missing. Starts no service. */
export async function ensurePackages(): Promise<void> {
  checked ??= installPackages(packages, { before: keepPostfixUnconfigured })
  try {
    await checked
  } catch (error) {
    checked = undefined
    throw error
  }
}

async function keepPostfixUnconfigured(missing: readonly string[]): Promise<void> {
  if (!missing.includes('postfix')) return
  // Without a main.cf in /etc, no later boot of the machine starts a mail server that nobody asked for.
  await run('debconf-set-selections', [], { input: 'postfix postfix/main_mailer_type select No configuration\n' })
}
