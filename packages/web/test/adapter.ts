import { createEndpointSelector, parseSettings } from '@postern/core'
import type { Adapter, Authorize } from '@postern/testing/contract'
import { smtpHealth, smtpLiveness, smtpSettingsCheck, type WebHandler } from '../src/index.ts'
import type { Listening } from './listen.ts'
import { bun, deno } from './runtimes.ts'

/** The handlers of the contract's app, by path. */
export type Handlers = Readonly<Record<string, WebHandler>>

export type AdapterOptions = Pick<Adapter, 'ownsConnections'>

/** The contract's app on one server of web-standard handlers. */
export function adapterFor(serve: (handlers: Handlers) => Promise<Listening>, { ownsConnections = !bun && !deno }: AdapterOptions = {}): Adapter {
  return {
    ownsConnections,
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
