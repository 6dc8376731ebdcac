import type { IncomingMessage } from 'node:http'
import { createEndpointSelector, parseSettings } from '@postern/core'
import type { Adapter, Authorize } from '@postern/testing/contract'
import type express from 'express'
import { smtpHealth, smtpLiveness, smtpSettingsCheck } from '../src/index.ts'
import { listen } from './listen.ts'

/** The contract's app on one version of Express. */
export function adapterFor(framework: typeof express): Adapter {
  return {
    async start({ settings, clock, health, check }) {
      const source = createEndpointSelector(parseSettings(settings), { clock })
      const app = framework()
      app.use('/health/smtp', smtpHealth(source, { clock, ttl: health?.ttl, authorize: withHeaders(health?.authorize) }))
      app.use('/health/live', smtpLiveness())
      if (check) app.use('/settings/check', smtpSettingsCheck({ ...check, authorize: withHeaders(check.authorize)! }))
      const { url, close } = await listen(app)
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
  return ({ headers }: IncomingMessage) => authorize((name) => headers[name]?.toString())
}
