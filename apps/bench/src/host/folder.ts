import { rmSync } from 'node:fs'
import { chmod, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'

/** A temporary folder that belongs to a namespace. */
export interface Folder {
  readonly path: string
  remove(): Promise<void>
  /** The same for an exit handler, which cannot wait. */
  removeNow(): void
}

/** Makes a folder named for the process that holds the namespace, and removes those whose process was killed. */
export async function makeFolder(holder: number): Promise<Folder> {
  await removeLeftovers()
  const path = await mkdtemp(join(parent, `${prefix}${holder}-`))
  // Mail servers' processes run as other users and have to pass through.
  await chmod(path, 0o755)
  return {
    path,
    remove: () => rm(path, removal),
    removeNow: () => rmSync(path, removal),
  }
}

// Not the user's TMPDIR: other users have to reach it, and a Unix socket's path has 107 bytes at most.
const parent = '/tmp'
const prefix = 'postern-server-'

// The kernel ends the processes a moment after an exit handler asks for it; until then they may still write.
const removal = { recursive: true, force: true, maxRetries: 20, retryDelay: 25 } as const

async function removeLeftovers(): Promise<void> {
  for (const name of await readdir(parent)) {
    const holder = new RegExp(`^${prefix}(\\d+)-\\w{6}$`).exec(name)?.[1]
    if (holder === undefined) continue
    const program = await readFile(`/proc/${holder}/comm`, 'utf8').catch(() => '')
    if (program.trim() !== 'unshare') await rm(join(parent, name), removal)
  }
}
