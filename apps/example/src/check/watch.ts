import { type Clock, createEndpointSelector, createHealthMonitor, endpointKey, type Locale } from '@postern/core'
import type { MailSetup } from '../mail-setup.ts'

export interface WatchOptions {
  readonly mail: MailSetup
  readonly locale: Locale
  /** When the server is checked, such as every half minute. */
  readonly ticks: AsyncIterable<unknown>
  /** For tests. */
  readonly clock?: Clock
}

/** Watches a server without sending mail, for a process that alerts a person. Returns a line for each change. */
export async function* watch({ mail, locale, ticks, clock }: WatchOptions): AsyncGenerator<string> {
  const { settings, dial, transport } = mail
  const selector = createEndpointSelector(settings, { ...transport.selection, dial, locale })
  // Each tick waits for a check of its own.
  const monitor = createHealthMonitor(selector, { ttl: 1, maxStale: 0, locale, clock })
  let previous = ''
  for await (const _ of ticks) {
    const { status, endpoint, message, advice } = await monitor.check()
    const line = [`${status}:`, endpoint ? `mail can leave over ${endpointKey(endpoint)}.` : 'mail cannot leave.', message, advice].filter(Boolean).join(' ')
    if (line !== previous) yield line
    previous = line
  }
}
