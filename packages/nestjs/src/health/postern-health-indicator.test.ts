import { HealthCheckService, TerminusModule } from '@nestjs/terminus'
import type { HealthCheckResult } from '@nestjs/terminus'
import { startProvider, type Provider } from '@postern/testing'
import { createTransport } from '@postern/nodemailer'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { boot, endAfterTest, type Parts } from '../../test/boot.ts'
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

async function start(parts: Partial<Parts> = {}) {
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
  it('is up when the best port works, and tells nothing else', async () => {
    const { check } = await start()
    expect(await check()).toEqual({
      status: 'ok',
      info: { smtp: { status: 'up' } },
      error: {},
      details: { smtp: { status: 'up' } },
    })
  })

  it('is degraded, where Terminus has the word, when a lower port carries the mail', async () => {
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

  it('names no host, port or person unless it is asked to', async () => {
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
        { port: provider.ports[587], security: 'starttls', standing: 'down', failure: { code: 'connect-refused' } },
        { port: provider.ports[2525], security: 'starttls', standing: 'up' },
        { port: provider.ports[465], security: 'implicit', standing: 'untried' },
      ],
    })
    expect(JSON.stringify(details)).not.toContain(provider.auth.pass)
  })

  it('makes one check, however many ask at once, and none for those who ask soon after', async () => {
    const { check } = await start()
    await Promise.all([check(), check(), check()])
    await check()
    expect(provider.connections[587]).toBe(1)
  })

  it('makes no check where mail has just been accepted', async () => {
    const { app, check } = await start()
    await app.get(MailerService).sendMail(message())
    expect(await check()).toMatchObject({ status: 'ok' })
    expect(provider.connections[587]).toBe(1)
  })

  it('checks again after healthTtl, and answers with what it last knew meanwhile', async () => {
    const { check } = await start({ imports: [TerminusModule, module({ healthTtl: 1 })] })
    await check()
    await provider.fault(587, 'refuse')
    expect(await check()).toMatchObject({ details: { smtp: { status: 'up' } } })
    await vi.waitFor(async () =>
      expect(await check()).toMatchObject({ details: { smtp: { reason: 'connect-refused' } } }),
    )
  })

  it('waits no longer than it may for the first check', async () => {
    for (const port of [587, 2525, 465]) await provider.fault(port, 'silent')
    const { check } = await start()
    expect(await check({ timeout: 1 })).toMatchObject({ error: { smtp: { status: 'down', reason: 'checking' } } })
  })

  it('tells named mailers apart', async () => {
    const broken = { ...provider.settings, candidates: [{ port: provider.ports[465], security: 'implicit' }] }
    await provider.fault(465, 'refuse')
    const { check } = await start({
      imports: [TerminusModule, module(), module({ name: 'newsletter', settings: broken })],
    })
    expect(await check()).toMatchObject({ status: 'ok' })
    expect(await check({ name: 'newsletter' })).toMatchObject({ status: 'error' })
  })

  it('says so when there is no mailer of that name', async () => {
    const { indicator } = await start()
    await expect(indicator.isHealthy('smtp', { name: 'newsletter' })).rejects.toThrow(/PosternMailer:newsletter/)
  })

  it('watches a transporter of ours that a test has put in place, and lets any other pass', async () => {
    const own = createTransport(provider.settings)
    endAfterTest({ close: async () => own.close() })
    await provider.fault(587, 'refuse')
    const watched = await start({ override: (builder) => builder.overrideProvider(getMailerToken()).useValue(own) })
    expect(await watched.check()).toMatchObject({ details: { smtp: { reason: 'connect-refused' } } })
    const other = await start({
      override: (builder) => builder.overrideProvider(getMailerToken()).useValue({ sendMail: () => {} }),
    })
    expect(await other.check()).toMatchObject({ status: 'ok' })
  })
})
