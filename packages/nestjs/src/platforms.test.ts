import { Body, Controller, Get, Inject, Post } from '@nestjs/common'
import { HealthCheck, HealthCheckService, TerminusModule } from '@nestjs/terminus'
import { startProvider, type Provider } from '@postern/testing'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { hasDegraded } from '../test/nest.ts'
import { platforms, serve } from '../test/platforms.ts'
import { MailerService, PosternHealthIndicator, PosternModule } from './index.ts'

let provider: Provider
beforeEach(async () => {
  provider = await startProvider()
})
afterEach(() => provider.close())

@Controller()
class AppController {
  readonly mailer: MailerService
  readonly health: HealthCheckService
  readonly smtp: PosternHealthIndicator

  constructor(
    @Inject(MailerService) mailer: MailerService,
    @Inject(HealthCheckService) health: HealthCheckService,
    @Inject(PosternHealthIndicator) smtp: PosternHealthIndicator,
  ) {
    this.mailer = mailer
    this.health = health
    this.smtp = smtp
  }

  @Post('signup')
  async signUp(@Body() body: { readonly to: string }) {
    const { accepted } = await this.mailer.sendMail({
      from: provider.auth.user,
      to: body.to,
      subject: 'Welcome',
      text: '-',
    })
    return { accepted }
  }

  @Get('live')
  live() {
    return { status: 'ok' }
  }

  @Get('ready')
  @HealthCheck()
  ready() {
    return this.health.check([() => this.smtp.isHealthy('smtp')])
  }
}

describe.each(platforms)('on %s', (_, adapter) => {
  const start = () =>
    serve(adapter, [TerminusModule, PosternModule.forRoot({ settings: provider.settings })], [AppController])

  it('sends mail from a route', async () => {
    const { url } = await start()
    const response = await fetch(`${url}/signup`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ to: 'ada@postern.test' }),
    })
    expect(await response.json()).toEqual({ accepted: ['ada@postern.test'] })
    expect(provider.messages).toMatchObject([{ subject: 'Welcome', port: 587, secure: true }])
  })

  it('answers readiness with 200 on any rung, and with 503 and the reason when none works', async () => {
    await provider.fault(587, 'refuse')
    const degraded = await start()
    const ready = await fetch(`${degraded.url}/ready`)
    expect(ready.status).toBe(200)
    expect(await ready.json()).toMatchObject({
      status: hasDegraded ? 'degraded' : 'ok',
      info: { smtp: { reason: 'connect-refused' } },
    })

    for (const port of [2525, 465]) await provider.fault(port, 'refuse')
    const down = await start()
    const unready = await fetch(`${down.url}/ready`)
    expect(unready.status).toBe(503)
    expect(await unready.json()).toMatchObject({ error: { smtp: { status: 'down', reason: 'connect-refused' } } })
  })

  it('answers liveness without checking mail', async () => {
    for (const port of [587, 2525, 465]) await provider.fault(port, 'silent')
    const { url } = await start()
    expect((await fetch(`${url}/live`)).status).toBe(200)
  })
})
