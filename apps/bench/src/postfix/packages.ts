import { rmSync } from 'node:fs'
import { access, writeFile } from 'node:fs/promises'
import { onInterrupt } from './interrupt.ts'
import { run } from './run.ts'

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

const policyFile = '/usr/sbin/policy-rc.d'

let checked: Promise<void> | undefined

/** Installs the Debian packages that the harness uses and that are missing. Starts no service. */
export async function ensurePackages(): Promise<void> {
  checked ??= installMissing()
  try {
    await checked
  } catch (error) {
    checked = undefined
    throw error
  }
}

async function installMissing(): Promise<void> {
  await assertDebianRoot()
  const installed = await installedPackages()
  const missing = packages.filter((name) => !installed.has(name))
  if (missing.length === 0) return
  const allowServices = await forbidServices()
  try {
    if (missing.includes('postfix')) await keepPostfixUnconfigured()
    // With fresh package lists this saves the update; with none, or with old ones, the first try fails.
    await install(missing).catch(async () => {
      await run('apt-get', ['update'])
      await install(missing)
    })
  } catch (error) {
    throw new Error(`The system tests need these packages, and apt-get did not install them: ${missing.join(', ')}`, {
      cause: error,
    })
  } finally {
    allowServices()
  }
}

async function assertDebianRoot(): Promise<void> {
  if (process.platform !== 'linux') refuse(`this is ${process.platform}`)
  if (process.getuid?.() !== 0) refuse(`this is user ${process.getuid?.()}`)
  await access('/etc/debian_version').catch(() => refuse('there is no /etc/debian_version'))
}

function refuse(why: string): never {
  throw new Error(`The system tests need root on Debian: ${why}`)
}

async function installedPackages(): Promise<ReadonlySet<string>> {
  const rows = await run('dpkg-query', ['--show', '--showformat', '${Package} ${db:Status-Status}\n'])
  return new Set(
    rows
      .split('\n')
      .filter((row) => row.endsWith(' installed'))
      .map((row) => row.slice(0, row.indexOf(' '))),
  )
}

/** Puts the distribution's own switch in place, unless the machine has one; gives back the way to take it away. */
async function forbidServices(): Promise<() => void> {
  try {
    await writeFile(policyFile, '#!/bin/sh\nexit 101\n', { flag: 'wx', mode: 0o755 })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    return () => {}
  }
  const settled = onInterrupt(removePolicy)
  return () => {
    settled()
    removePolicy()
  }
}

function removePolicy(): void {
  rmSync(policyFile, { force: true })
}

async function keepPostfixUnconfigured(): Promise<void> {
  // Without a main.cf in /etc, no later boot of the machine starts a mail server that nobody asked for.
  await run('debconf-set-selections', [], { input: 'postfix postfix/main_mailer_type select No configuration\n' })
}

async function install(names: readonly string[]): Promise<void> {
  const options = ['-o', 'DPkg::Lock::Timeout=120', '-o', 'Dpkg::Options::=--force-confold']
  await run('apt-get', ['install', '-y', '--no-install-recommends', ...options, ...names], {
    env: { DEBIAN_FRONTEND: 'noninteractive' },
  })
}
