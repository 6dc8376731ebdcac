import { NoUsableEndpointError } from '@postern/core'
import { startProvider, type Provider } from '@postern/testing'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { boot, RecordingLogger } from '../test/boot.ts'
import {
  createRecordingMailer,
  getMailerToken,
  MailerService,
  MailerStartupError,
  PosternModule,
  PosternHealthIndicator,
  type Transporter,
} from './index.ts'

let provider: Provider
beforeEach(async () => {
  provider = await startProvider()
})
afterEach(() => provider.close())

const ports = [587, 2525, 465] as const
const breakAll = (fault: 'refuse' | 'black-hole' | 'auth-rejected') =>
  Promise.all(ports.map((port) => provider.fault(port, fault)))
const message = () => ({ from: provider.auth.user, to: 'ada@postern.test', subject: 'Hello', text: '-' })

describe("startup: 'background'", () => {
  it('is the default: selects the port before the first message', async () => {
    await provider.fault(587, 'refuse')
    const log = new RecordingLogger()
    const app = await boot({ imports: [PosternModule.forRoot({ settings: provider.settings })], log })
    expect(await log.line(/^warn: Mail goes over/)).toContain(`:${provider.ports[2525]} (starttls)`)
    expect(app.get<Transporter>(getMailerToken()).endpoint?.port).toBe(provider.ports[2525])
  })

  it('does not wait for unreachable ports, and health reports `checking`', async () => {
    await breakAll('black-hole')
    const app = await boot({ imports: [PosternModule.forRoot({ settings: provider.settings })] })
    // If the boot had waited, the rungs would have been tried.
    expect(
      app
        .get<Transporter>(getMailerToken())
        .state()
        .rungs.map(({ status }) => status),
    ).toEqual(['untried', 'untried', 'untried'])
    expect(await app.get(PosternHealthIndicator).isHealthy('smtp', { timeout: 1 })).toEqual({
      smtp: { status: 'down', reason: 'checking' },
    })
  })

  it('boots while the provider is down: logs a warning, reports the reason and sends mail after recovery', async () => {
    await breakAll('refuse')
    const log = new RecordingLogger()
    const app = await boot({ imports: [PosternModule.forRoot({ settings: provider.settings })], log })
    expect(await log.line(/^warn: Mail cannot be sent/)).toContain('127.0.0.1')
    expect(await app.get(PosternHealthIndicator).isHealthy('smtp')).toEqual({
      smtp: { status: 'down', reason: 'connect-refused' },
    })
    await expect(app.get(MailerService).sendMail(message())).rejects.toThrow('127.0.0.1')
    expect(log.lines.filter((line) => line.includes('Mail cannot be sent'))).toHaveLength(1)
    await provider.heal(587)
    await app.get(MailerService).sendMail(message())
    expect(await app.get(PosternHealthIndicator).isHealthy('smtp')).toEqual({ smtp: { status: 'up' } })
  })
})

describe("startup: 'ready'", () => {
  it('boots after the port is selected and the login accepted', async () => {
    const app = await boot({ imports: [PosternModule.forRoot({ settings: provider.settings, startup: 'ready' })] })
    expect(provider.logins).toMatchObject([{ ok: true, port: 587 }])
    expect(app.get<Transporter>(getMailerToken()).endpoint?.port).toBe(provider.ports[587])
  })

  it('fails with the cause, the advice and the failure of every port', async () => {
    await breakAll('refuse')
    const error = await startupError()
    expect(error).toBeInstanceOf(MailerStartupError)
    expect(NoUsableEndpointError.isInstance(error)).toBe(true)
    expect(error.message).toContain(error.diagnosis.message)
    expect(error.message).not.toContain(error.advice)
    expect(error.attempts).toHaveLength(3)
    for (const port of ports) expect(error.message).toContain(`- 127.0.0.1:${provider.ports[port]}, connect: `)
    // Nest prints the stack.
    expect(error.stack).toContain(`${error.message}\n${error.advice}\n`)
  })

  it('fails after a single refused login, without the password in the error', async () => {
    await breakAll('auth-rejected')
    const error = await startupError()
    expect(error.message).toContain('auth-rejected')
    expect(`${error.stack}${JSON.stringify(error)}`).not.toContain(provider.auth.pass)
    expect(provider.logins).toHaveLength(1)
  })

  it('does not wait for a mailer that a test overrides', async () => {
    await breakAll('refuse')
    const mail = createRecordingMailer()
    const app = await boot({
      imports: [PosternModule.forRoot({ settings: provider.settings, startup: 'ready' })],
      override: (builder) => builder.overrideProvider(getMailerToken()).useValue(mail),
    })
    await app.get(MailerService).sendMail(message())
    expect(mail.messages).toHaveLength(1)
  })
})

describe("startup: 'lazy'", () => {
  it('opens no connection before the first message', async () => {
    const app = await boot({ imports: [PosternModule.forRoot({ settings: provider.settings, startup: 'lazy' })] })
    await app.get(MailerService).sendMail(message())
    // A check at start-up would have opened a connection of its own.
    expect(provider.connections).toMatchObject({ 587: 1, 2525: 0, 465: 0 })
  })
})

it('logs fallback and recovery', async () => {
  const log = new RecordingLogger()
  const transport = { selection: { recheck: { initial: 1 } } }
  await provider.fault(587, 'refuse')
  const app = await boot({
    imports: [PosternModule.forRoot({ settings: provider.settings, transport, startup: 'lazy' })],
    log,
  })
  await app.get(MailerService).sendMail(message())
  expect(await log.line(/^warn: .*since a better port does not work/)).toContain(`${provider.ports[587]}`)
  await provider.heal(587)
  expect(await log.line(/^log: .* again\.$/)).toContain(`${provider.ports[587]}`)
})

async function startupError(): Promise<MailerStartupError> {
  const module = PosternModule.forRoot({ settings: provider.settings, startup: 'ready' })
  return (await boot({ imports: [module] }).catch((reason: unknown) => reason)) as MailerStartupError
}
