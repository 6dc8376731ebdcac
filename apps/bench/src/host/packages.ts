import { rmSync } from 'node:fs'
import { access, writeFile } from 'node:fs/promises'
import { onInterrupt } from './interrupt.ts'
import { run } from './run.ts'

const policyFile = '/usr/sbin/policy-rc.d'

export interface InstallOptions {
  /** Runs before missing packages are installed, for example to preset debconf answers. */
  readonly before?: (missing: readonly string[]) => Promise<void>
}

/** Installs missing Debian packages without starting their services. */
export async function installPackages(names: readonly string[], options: InstallOptions = {}): Promise<void> {
  await assertDebianRoot()
  const installed = await installedPackages()
  const missing = names.filter((name) => !installed.has(name))
  if (missing.length === 0) return
  const allowServices = await forbidServices()
  try {
    await options.before?.(missing)
    await withFreshLists(() => install(missing))
  } catch (error) {
    throw new Error(`The system tests need these packages, and apt-get did not install them: ${missing.join(', ')}`, {
      cause: error,
    })
  } finally {
    allowServices()
  }
}

/** Runs `get`, and again after `apt-get update` if it failed with missing or old package lists. */
export async function withFreshLists(get: () => Promise<void>): Promise<void> {
  await get().catch(async () => {
    await run('apt-get', ['update'])
    await get()
  })
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

/** Installs a policy-rc.d that forbids service starts, unless there is one. Returns a function that removes it. */
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

async function install(names: readonly string[]): Promise<void> {
  const options = ['-o', 'DPkg::Lock::Timeout=120', '-o', 'Dpkg::Options::=--force-confold']
  await run('apt-get', ['install', '-y', '--no-install-recommends', ...options, ...names], {
    env: { DEBIAN_FRONTEND: 'noninteractive' },
  })
}
