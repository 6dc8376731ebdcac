import { createEndpointSelector, parseSettings } from '@postern/core'
import type { Adapter, Authorize } from '@postern/testing/contract'
import { smtpHealth, smtpLiveness, smtpSettingsCheck, type WebHandler } from '../src/index.ts'
import type { Listening } from './listen.ts'

/** The handlers of the contract's app, by path. */
export type Handlers = Readonly<Record<string, WebHandler>>

/** What a server does otherwise. */
export type AdapterOptions = Omit<Adapter, 'start'>

/** The contract's app on one server of web-standard handlers. */
export function adapterFor(serve: (handlers: Handlers) => Promise<Listening>, options: AdapterOptions): Adapter {
  return {
    ...options,
    async start({ settings, clock, health, check }) {
      const source = createEndpointSelector(parseSettings(settings), { clock })
      const { url, close } = await serve({
        '/health/smtp': smtpHealth(source, { clock, ttl: health?.ttl, authorize: withHeaders(health?.authorize) }),
        '/health/live': smtpLiveness(),
        ...(check && { '/settings/check': smtpSettingsCheck({ ...check, authorize: withHeaders(check.authorize)!, caller: 'everyone' }) }),
      })
      return {
        url,
        source,
        async close() {
          source.close()
          await close()
        },
      }
    },
  }
}

function withHeaders(authorize: Authorize | undefined) {
  if (!authorize) return undefined
  return ({ headers }: Request) => authorize((name) => headers.get(name) ?? undefined)
}
