import { readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Namespace } from '../host/namespace.ts'

/** How long to wait. */
export interface WaitOptions {
  /** Ends the wait: the promise rejects with its reason. @default AbortSignal.timeout(30_000) */
  readonly signal?: AbortSignal
}

/** A Maildir that Postfix delivers to. */
interface Mailbox {
  messages(): Promise<readonly string[]>
  waitForMessage(marker: string, options?: WaitOptions): Promise<readonly string[]>
  clear(options?: WaitOptions): Promise<void>
}

/** Reads a Maildir, and waits for the queue of the Postfix whose configuration is given. */
export function openMailbox(namespace: Namespace, maildir: string, configuration: string): Mailbox {
  const folder = join(maildir, 'new')
  // A delivered file never changes, so each is read once, however often a test looks.
  const known = new Map<string, Promise<string>>()

  const messages = async (): Promise<readonly string[]> => {
    for (const name of await list(folder)) {
      if (!known.has(name)) known.set(name, readFile(join(folder, name), 'utf8'))
    }
    return await Promise.all(known.values())
  }
  const containing = async (marker: string): Promise<readonly string[]> =>
    (await messages()).filter((text) => text.includes(marker))
  // Inside, because each of Postfix's commands insists on an interface with the configured address.
  const atRest = async (): Promise<boolean> => (await namespace.run('postqueue', ['-c', configuration, '-j'])) === ''

  return {
    messages,
    waitForMessage: async (marker, { signal = AbortSignal.timeout(patience) } = {}) => {
      while ((await containing(marker)).length === 0 || !(await atRest())) await pause(signal)
      // Read again now that the queue was seen empty: a file leaves it after its message is in the mailbox.
      return await containing(marker)
    },
    clear: async ({ signal = AbortSignal.timeout(patience) } = {}) => {
      while (!(await atRest())) await pause(signal)
      const names = await list(folder)
      known.clear()
      await Promise.all(names.map((name) => rm(join(folder, name))))
    },
  }
}

const patience = 30_000
const pollInterval = 15

async function pause(signal: AbortSignal): Promise<void> {
  signal.throwIfAborted()
  await delay(pollInterval)
}

async function list(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder)
  } catch (error) {
    // Postfix makes the folder when it delivers the first message.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}
