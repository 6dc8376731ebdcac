import { rmSync } from 'node:fs'
import { chmod, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'

/** A namespace's temporary folder. */
export interface Folder {
  readonly path: string
  remove(): Promise<void>
  /** The same, synchronously, for exit handlers. */
  removeNow(): void
}

/** Creates a folder named after the namespace's process, and removes those of killed processes. */
export async function makeFolder(holder: number): Promise<Folder> {
  await removeLeftovers()
  const path = await mkdtemp(join(parent, `${prefix}${holder}-`))
  // Mail server processes run as other users and need access.
  await chmod(path, 0o755)
  return {
    path,
    remove: () => rm(path, removal),
    removeNow: () => rmSync(path, removal),
  }
}

// Not TMPDIR: other users need access, and a Unix socket path is limited to 107 bytes.
const parent = '/tmp'
const prefix = 'postern-server-'

// Killed processes may still write for a moment, so removal is retried.
const removal = { recursive: true, force: true, maxRetries: 20, retryDelay: 25 } as const

async function removeLeftovers(): Promise<void> {
  for (const name of await readdir(parent)) {
    const holder = new RegExp(`^${prefix}(\\d+)-\\w{6}$`).exec(name)?.[1]
    if (holder === undefined) continue
    const program = await readFile(`/proc/${holder}/comm`, 'utf8').catch(() => '')
    if (program.trim() !== 'unshare') await rm(join(parent, name), removal)
  }
}
