import type { ChildProcess } from 'node:child_process'
import { appendFile, copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Owner } from '../host/owner.ts'
import type { ServerEnvironment } from './server.ts'

/** What package installation would have provided. */
interface PackageEnvironment {
  /** Users that the server looks up by name. */
  readonly users: Readonly<Record<string, Owner>>
  /** Folders to hide behind empty ones. */
  readonly empty?: readonly string[]
  /** Folders to create, with their permissions. */
  readonly folders?: Readonly<Record<string, string>>
}

/** Starts a program in its own mount namespace, where these users and folders exist. */
export async function startUnpacked(
  { namespace, root }: ServerEnvironment,
  { users, empty = [], folders = {} }: PackageEnvironment,
  command: readonly string[],
): Promise<ChildProcess> {
  const accounts = [join(root, 'passwd'), join(root, 'group')] as const
  await copyFile('/etc/passwd', accounts[0])
  await copyFile('/etc/group', accounts[1])
  for (const [name, { uid, gid }] of Object.entries(users)) {
    await appendFile(accounts[0], `${name}:x:${uid}:${gid}::/nonexistent:/usr/sbin/nologin\n`)
    await appendFile(accounts[1], `${name}:x:${gid}:\n`)
  }
  const steps = [
    `mount --bind ${accounts[0]} /etc/passwd`,
    `mount --bind ${accounts[1]} /etc/group`,
    ...empty.map((folder) => `mount -t tmpfs tmpfs ${folder}`),
    ...Object.entries(folders).map(([folder, mode]) => `mkdir -p -m ${mode} ${folder}`),
    'exec "$@"',
  ]
  return namespace.start('unshare', ['--mount', 'sh', '-c', steps.join(' && '), 'sh', ...command])
}
