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

/** Installs missing Debian packages for Postfix without starting services. */
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
  // Without /etc/postfix/main.cf, no later boot starts Postfix.
  await run('debconf-set-selections', [], { input: 'postfix postfix/main_mailer_type select No configuration\n' })
}
