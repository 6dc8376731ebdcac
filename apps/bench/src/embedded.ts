import type { Fault, ProviderSettings } from '@postern/testing'
import { withChild } from './child.ts'

/** Starts a test provider in another process, so that its CPU time and memory are not counted. */
export async function withEmbedded<T>(run: (settings: ProviderSettings) => Promise<T>, fault?: Fault): Promise<T> {
  return await withChild(new URL('provider-process.js', import.meta.url), fault ? [fault] : [], (_child, settings) => run(settings as ProviderSettings))
}
