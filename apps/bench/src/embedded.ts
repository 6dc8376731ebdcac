import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Fault, ProviderSettings } from '@postern/testing'

/** Starts a test provider in another process, so that its CPU time and memory are not counted. */
export async function withEmbedded<T>(run: (settings: ProviderSettings) => Promise<T>, fault?: Fault): Promise<T> {
  const child = fork(fileURLToPath(new URL('provider-process.js', import.meta.url)), fault ? [fault] : [])
  try {
    const [settings] = (await once(child, 'message')) as [ProviderSettings]
    return await run(settings)
  } finally {
    child.kill()
  }
}
