import { readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Namespace } from '../host/namespace.ts'

export interface WaitOptions {
  /** Aborts the wait: the promise rejects with its reason. @default AbortSignal.timeout(30_000) */
  readonly signal?: AbortSignal
}

/** A Maildir that Postfix delivers to. */
interface Mailbox {
  messages(): Promise<readonly string[]>
  waitForMessage(marker: string, options?: WaitOptions): Promise<readonly string[]>
  clear(options?: WaitOptions): Promise<void>
}

/** Reads a Maildir and watches the queue of its Postfix. */
export function openMailbox(namespace: Namespace, maildir: string, configuration: string): Mailbox {
  const folder = join(maildir, 'new')
  // Delivered files never change, so each is read once.
  const known = new Map<string, Promise<string>>()

  const messages = async (): Promise<readonly string[]> => {
    for (const name of await list(folder)) {
      if (!known.has(name)) known.set(name, readFile(join(folder, name), 'utf8'))
    }
    return await Promise.all(known.values())
  }
  const containing = async (marker: string): Promise<readonly string[]> =>
    (await messages()).filter((text) => text.includes(marker))
  // Inside the namespace, because Postfix's commands need an interface with the configured address.
  const isQueueEmpty = async (): Promise<boolean> => (await namespace.run('postqueue', ['-c', configuration, '-j'])) === ''

  return {
    messages,
    waitForMessage: async (marker, { signal = AbortSignal.timeout(defaultTimeout) } = {}) => {
      while ((await containing(marker)).length === 0 || !(await isQueueEmpty())) await pause(signal)
      // Read again after the queue was empty: a message leaves the queue after it reached the mailbox.
      return await containing(marker)
    },
    clear: async ({ signal = AbortSignal.timeout(defaultTimeout) } = {}) => {
      while (!(await isQueueEmpty())) await pause(signal)
      const names = await list(folder)
      known.clear()
      await Promise.all(names.map((name) => rm(join(folder, name))))
    },
  }
}

const defaultTimeout = 30_000
const pollInterval = 15

async function pause(signal: AbortSignal): Promise<void> {
  signal.throwIfAborted()
  await delay(pollInterval)
}

async function list(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder)
  } catch (error) {
    // Postfix creates the folder with the first message.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}
