import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import { createEndpointSelector, parseSettings } from '@postern/core'
import type { Adapter, Authorize } from '@postern/testing/contract'
import { Hono } from 'hono'
import { smtpHealth, smtpLiveness, smtpSettingsCheck, type WebHandler } from '../src/index.ts'

/** The handlers of the contract's app, by path. */
export type Handlers = Readonly<Record<string, WebHandler>>

/** The contract's app on one server of web-standard handlers. */
export function adapterFor(serve: (handlers: Handlers) => Promise<{ readonly url: string; readonly close: () => Promise<void> }>): Adapter {
  return {
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

/** Hono on Node's HTTP server. */
export async function serveHono(handlers: Handlers): ReturnType<Parameters<typeof adapterFor>[0]> {
  const app = new Hono()
  for (const [path, handle] of Object.entries(handlers)) app.all(path, (context) => handle(context.req.raw))
  const server = createAdaptorServer(app)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      const closed = once(server, 'close')
      server.close()
      if ('closeAllConnections' in server) server.closeAllConnections()
      await closed
    },
  }
}
