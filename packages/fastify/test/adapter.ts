import { createEndpointSelector, parseSettings } from '@postern/core'
import type { Adapter, Authorize } from '@postern/testing/contract'
import fastify, { type FastifyRequest } from 'fastify'
import { smtpHealth, smtpLiveness, smtpSettingsCheck } from '../src/index.ts'

/** The contract's app on Fastify. */
export const adapter: Adapter = {
  async start({ settings, clock, health, check }) {
    const source = createEndpointSelector(parseSettings(settings), { clock })
    const app = fastify({ forceCloseConnections: true })
    await app.register(smtpHealth, { path: '/health/smtp', source, clock, ttl: health?.ttl, authorize: withHeaders(health?.authorize) })
    await app.register(smtpLiveness, { path: '/health/live' })
    if (check) await app.register(smtpSettingsCheck, { ...check, path: '/settings/check', authorize: withHeaders(check.authorize)! })
    return {
      url: await app.listen({ host: '127.0.0.1', port: 0 }),
      source,
      async close() {
        source.close()
        await app.close()
      },
    }
  },
}

function withHeaders(authorize: Authorize | undefined) {
  if (!authorize) return undefined
  return ({ headers }: FastifyRequest) => authorize((name) => headers[name]?.toString())
}
