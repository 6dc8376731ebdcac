import { HealthCheckService, TerminusModule } from '@nestjs/terminus'
import type { HealthCheckResult } from '@nestjs/terminus'
import { startProvider, type Provider } from '@postern/testing'
import { createTransport } from '@postern/nodemailer'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { boot, closeAfterTest, type AppParts } from '../../test/boot.ts'
import { hasDegraded } from '../../test/nest.ts'
import {
  getMailerToken,
  type MailerHealthOptions,
  MailerService,
  PosternHealthIndicator,
  PosternModule,
} from '../index.ts'

let provider: Provider
beforeEach(async () => {
  provider = await startProvider()
})
afterEach(() => provider.close())

const message = () => ({ from: provider.auth.user, to: 'ada@postern.test', subject: 'Hello', text: '-' })
const module = (options: object = {}) =>
  PosternModule.forRoot({ settings: provider.settings, startup: 'lazy', ...options })

async function start(parts: Partial<AppParts> = {}) {
  const app = await boot({ imports: [TerminusModule, module()], ...parts })
  const indicator = app.get(PosternHealthIndicator)
  const checks = app.get(HealthCheckService)
  const check = (options?: MailerHealthOptions): Promise<HealthCheckResult> =>
    checks
      .check([() => indicator.isHealthy('smtp', options)])
      .catch((error: { getResponse(): HealthCheckResult }) => error.getResponse())
  return { app, indicator, check }
}

describe('isHealthy', () => {
  it('is up without further data when the best port works', async () => {
    const { check } = await start()
    expect(await check()).toEqual({
      status: 'ok',
      info: { smtp: { status: 'up' } },
      error: {},
      details: { smtp: { status: 'up' } },
    })
  })

  it('is degraded on a lower rung, or up on Terminus 11', async () => {
    await provider.fault(587, 'refuse')
    const { check } = await start()
    const status = hasDegraded ? 'degraded' : 'up'
    expect(await check()).toMatchObject({
      status: hasDegraded ? 'degraded' : 'ok',
      details: { smtp: { status, reason: 'connect-refused' } },
    })
  })

  it('is down with the reason when nothing works', async () => {
    for (const port of [587, 2525, 465]) await provider.fault(port, 'bad-certificate')
    const { check } = await start()
    expect(await check()).toMatchObject({
      status: 'error',
      error: { smtp: { status: 'down', reason: 'certificate-untrusted' } },
    })
  })

  it('contains no host, port or user without `detail`', async () => {
    await provider.fault(587, 'refuse')
    const { check } = await start()
    const hidden = JSON.stringify(await check())
    for (const secret of [provider.host, provider.ports[587], provider.ports[2525], provider.auth.user])
      expect(hidden).not.toContain(`${secret}`)
    const { details } = await check({ detail: true })
    expect(details.smtp).toMatchObject({
      message: expect.stringContaining(`${provider.ports[587]}`),
      advice: expect.any(String),
      endpoint: { host: '127.0.0.1', port: provider.ports[2525] },
      checkedAt: expect.any(Date),
      rungs: [
        { port: provider.ports[587], security: 'starttls', status: 'down', failure: { code: 'connect-refused' } },
        { port: provider.ports[2525], security: 'starttls', status: 'up' },
        { port: provider.ports[465], security: 'implicit', status: 'untried' },
      ],
    })
    expect(JSON.stringify(details)).not.toContain(provider.auth.pass)
  })

  it('makes one check for concurrent calls, and none for later calls within the ttl', async () => {
    const { check } = await start()
    await Promise.all([check(), check(), check()])
    await check()
    expect(provider.connections[587]).toBe(1)
  })

  it('makes no check after a message was accepted', async () => {
    const { app, check } = await start()
    await app.get(MailerService).sendMail(message())
    expect(await check()).toMatchObject({ status: 'ok' })
    expect(provider.connections[587]).toBe(1)
  })

  it('checks again after healthTtl, and returns the last result meanwhile', async () => {
    const { check } = await start({ imports: [TerminusModule, module({ healthTtl: 1 })] })
    await check()
    await provider.fault(587, 'refuse')
    expect(await check()).toMatchObject({ details: { smtp: { status: 'up' } } })
    await vi.waitFor(async () =>
      expect(await check()).toMatchObject({ details: { smtp: { reason: 'connect-refused' } } }),
    )
  })

  it('waits at most `timeout` for the first check', async () => {
    for (const port of [587, 2525, 465]) await provider.fault(port, 'silent')
    const { check } = await start()
    expect(await check({ timeout: 1 })).toMatchObject({ error: { smtp: { status: 'down', reason: 'checking' } } })
  })

  it('checks mailers by name', async () => {
    const broken = { ...provider.settings, candidates: [{ port: provider.ports[465], security: 'implicit' }] }
    await provider.fault(465, 'refuse')
    const { check } = await start({
      imports: [TerminusModule, module(), module({ name: 'newsletter', settings: broken })],
    })
    expect(await check()).toMatchObject({ status: 'ok' })
    expect(await check({ name: 'newsletter' })).toMatchObject({ status: 'error' })
  })

  it('rejects for an unknown name', async () => {
    const { indicator } = await start()
    await expect(indicator.isHealthy('smtp', { name: 'newsletter' })).rejects.toThrow(/PosternMailer:newsletter/)
  })

  it('checks an overriding Postern transporter, and reports any other override as up', async () => {
    const own = createTransport(provider.settings)
    closeAfterTest({ close: async () => own.close() })
    await provider.fault(587, 'refuse')
    const overridden = await start({ override: (builder) => builder.overrideProvider(getMailerToken()).useValue(own) })
    expect(await overridden.check()).toMatchObject({ details: { smtp: { reason: 'connect-refused' } } })
    const other = await start({
      override: (builder) => builder.overrideProvider(getMailerToken()).useValue({ sendMail: () => {} }),
    })
    expect(await other.check()).toMatchObject({ status: 'ok' })
  })
})
