import type { ChildProcess } from 'node:child_process'
import { appendFile, copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Owner } from '../host/owner.ts'
import type { Place } from './server.ts'

/** What an installed package would have, and a server that is only unpacked lacks. */
interface Surroundings {
  /** The accounts that it looks up by name. */
  readonly users: Readonly<Record<string, Owner>>
  /** Folders that it writes to: it sees empty ones in their place. */
  readonly empty?: readonly string[]
  /** Folders to make, and their permissions. */
  readonly folders?: Readonly<Record<string, string>>
}

/** Starts a program in a mount namespace where it finds all that; nobody else does, and it ends with the program. */
export async function startUnpacked(
  { namespace, root }: Place,
  { users, empty = [], folders = {} }: Surroundings,
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
