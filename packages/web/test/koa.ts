import { createEndpointSelector, parseSettings } from '@postern/core'
import { createHealthRoute, createSettingsCheckRoute, type HttpResponse, isAllowed, livenessResponse, overNodeHttp } from '@postern/core/http'
import type { Adapter } from '@postern/testing/contract'
import Koa from 'koa'
import { listen } from './listen.ts'

/** The contract's app on Koa, as the README mounts it. */
export const koa: Adapter = {
  async start({ settings, clock, health, check }) {
    const source = createEndpointSelector(parseSettings(settings), { clock })
    const healthRoute = createHealthRoute(source, { clock, ttl: health?.ttl })
    const checkRoute = check && overNodeHttp(createSettingsCheckRoute(check))
    const routes: Readonly<Record<string, ((ctx: Koa.Context) => Promise<HttpResponse>) | undefined>> = {
      '/health/smtp': async (ctx) =>
        await healthRoute({
          method: ctx.method,
          authorized: await isAllowed(() => health?.authorize?.((name) => ctx.get(name) || undefined)),
          ifNoneMatch: ctx.get('if-none-match'),
        }),
      '/health/live': async (ctx) => livenessResponse(ctx.method),
      '/settings/check':
        checkRoute &&
        ((ctx) =>
          checkRoute({
            request: ctx.req,
            response: ctx.res,
            authorized: () => check.authorize((name) => ctx.get(name) || undefined),
            caller: () => ctx.ip,
          })),
    }
    const app = new Koa()
    app.use(async (ctx) => {
      const { status, headers, body } = (await routes[ctx.path]?.(ctx)) ?? { status: 404, headers: {}, body: '' }
      ctx.status = status
      ctx.set(headers)
      ctx.body = body
    })
    const { url, close } = await listen(app.callback())
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
