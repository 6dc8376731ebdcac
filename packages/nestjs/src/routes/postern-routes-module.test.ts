import { type CanActivate, type ExecutionContext, Inject, Injectable, Module } from '@nestjs/common'
import { Test } from '@nestjs/testing'
import { createEndpointSelector, parseSettings } from '@postern/core'
import {
  attackContract,
  type Adapter,
  type Authorize,
  healthContract,
  settingsCheckContract,
} from '@postern/testing/contract'
import { of } from 'rxjs'
import { describe, expect, it } from 'vitest'
import { platforms, serve } from '../../test/platforms.ts'
import { registerMonitor } from '../health/monitors.ts'
import { getMailerToken, PosternRoutesModule, PosternTestingModule } from '../index.ts'

for (const [name, makeAdapter] of platforms) {
  const adapter: Adapter = {
    async start({ settings, clock, health, check }) {
      const source = createEndpointSelector(parseSettings(settings), { clock })
      registerMonitor(source, { ttl: health?.ttl, clock, signal: new AbortController().signal })
      @Module({ providers: [{ provide: getMailerToken(), useValue: source }], exports: [getMailerToken()] })
      class Source {}
      const routes = PosternRoutesModule.forRoot({
        imports: [Source],
        health: { clock, ...(health?.authorize && { guard: guardOf(health.authorize) }) },
        liveness: {},
        // A high rate, for cases that do not set one.
        ...(check && {
          settingsCheck: { rate: { checks: 1_000, per: 60_000 }, ...check, guard: guardOf(check.authorize) },
        }),
      })
      const compiled = await Test.createTestingModule({ imports: [routes] }).compile()
      const app = compiled.createNestApplication(makeAdapter(), { logger: false, forceCloseConnections: true })
      await app.listen(0, '127.0.0.1')
      return {
        url: await app.getUrl(),
        source,
        async close() {
          source.close()
          await app.close()
        },
      }
    },
  }
  healthContract(`Nest on ${name}`, adapter)
  settingsCheckContract(`Nest on ${name}`, adapter)
  attackContract(`Nest on ${name}`, adapter)
}

describe.each(platforms)('PosternRoutesModule on %s', (_, makeAdapter) => {
  const settings = { settings: { host: 'smtp.example.com' } }
  const post = (url: string, headers: Readonly<Record<string, string>> = {}) =>
    fetch(`${url}/settings/check`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(settings),
    })

  it('passes with an override that has no health', async () => {
    @Module({ providers: [{ provide: getMailerToken(), useValue: { sendMail: () => {} } }], exports: [getMailerToken()] })
    class Stub {}
    const { url } = await serve(makeAdapter, [PosternRoutesModule.forRoot({ imports: [Stub], health: {} })])
    const response = await fetch(`${url}/health/smtp`)
    expect([response.status, await response.json()]).toEqual([200, { status: 'pass' }])
  })

  it('adds only the routes in the options', async () => {
    const { url } = await serve(makeAdapter, [
      PosternTestingModule.forRoot(),
      PosternRoutesModule.forRoot({ liveness: {} }),
    ])
    const statuses = ['health/live', 'health/smtp', 'settings/check'].map(
      async (path) => (await fetch(`${url}/${path}`)).status,
    )
    expect(await Promise.all(statuses)).toEqual([200, 404, 404])
  })

  it("instantiates the guard with its injections and calls it with Nest's context", async () => {
    @Module({ providers: [{ provide: 'TOKEN', useValue: 'sesame' }], exports: ['TOKEN'] })
    class Auth {}
    @Injectable()
    class TokenGuard implements CanActivate {
      readonly token: string

      constructor(@Inject('TOKEN') token: string) {
        this.token = token
      }

      canActivate(context: ExecutionContext) {
        const { headers } = context.switchToHttp().getRequest<{ headers: Record<string, string> }>()
        return of(headers['x-token'] === this.token && headers['content-type'] === 'application/json')
      }
    }
    const { url } = await serve(makeAdapter, [
      PosternRoutesModule.forRoot({ imports: [Auth], settingsCheck: { guard: TokenGuard } }),
    ])
    expect((await post(url)).status).toBe(403)
    expect((await post(url, { 'x-token': 'sesame' })).status).toBe(200)
  })
})

it('throws for a settings check without a guard', () => {
  expect(() => PosternRoutesModule.forRoot({ settingsCheck: {} as never })).toThrow(/settingsCheck\.guard/)
})

function guardOf(authorize: Authorize): CanActivate {
  return {
    canActivate: (context) => {
      const { headers } = context.switchToHttp().getRequest<{ readonly headers: Record<string, string | undefined> }>()
      return authorize((name) => headers[name])
    },
  }
}
