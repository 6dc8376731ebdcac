import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startProvider } from '@postern/testing'
import { closeAfterTest, RecordingLogger, boot } from '../test/boot.ts'
import { type HeldServer, startHeldServer } from '../test/held-server.ts'
import {
  DeliveryError,
  getMailerToken,
  MailerService,
  PosternModule,
  type PosternModuleOptions,
  type Transporter,
} from './index.ts'

let server: HeldServer
beforeEach(async () => {
  server = await startHeldServer()
})
afterEach(() => server.close())

const message = { from: 'app@postern.test', to: 'ada@postern.test', subject: 'Hello', text: '-' }

async function start(options: PosternModuleOptions = {}, log = new RecordingLogger()) {
  const app = await boot({
    imports: [PosternModule.forRoot({ settings: server.settings, startup: 'lazy', ...options })],
    log,
  })
  return { app, mailer: app.get(MailerService) }
}

describe.each([{ pool: false }, { pool: true }])('shutdown with $pool as pool', (transport) => {
  it('waits for pending messages', async () => {
    const { app, mailer } = await start({ transport })
    const order: string[] = []
    const sending = Promise.all([mailer.sendMail(message), mailer.sendMail(message)]).then(() => order.push('sent'))
    await server.waitForMessages(2)
    const closing = app.close().then(() => order.push('closed'))
    server.release()
    await Promise.all([sending, closing])
    expect(order).toEqual(['sent', 'closed'])
  })

  it('aborts messages after shutdownTimeout, with a warning and delivery unknown', async () => {
    const log = new RecordingLogger()
    const { app, mailer } = await start({ transport, shutdownTimeout: 1 }, log)
    const sending = mailer.sendMail(message).catch((error: unknown) => error)
    await server.waitForMessages(1)
    await app.close()
    const error = await sending
    expect(DeliveryError.isInstance(error) && error.delivery).toBe('unknown')
    expect(log.lines.join('\n')).toContain('1 message(s) not finished')
  })

  it("also respects the caller's signal", async () => {
    const { mailer } = await start({ transport })
    const signal = AbortSignal.abort()
    await expect(mailer.sendMail({ ...message, signal })).rejects.toMatchObject({ code: 'aborted' })
    const later = new AbortController()
    const sending = mailer.sendMail({ ...message, signal: later.signal }).catch((error: unknown) => error)
    await server.waitForMessages(1)
    later.abort()
    expect(DeliveryError.isInstance(await sending)).toBe(true)
  })
})

it('rejects a message sent after close', async () => {
  const { app, mailer } = await start({ shutdownTimeout: 1 })
  const first = mailer.sendMail(message).catch((error: unknown) => error)
  await server.waitForMessages(1)
  await app.close()
  await first
  await expect(mailer.sendMail(message)).rejects.toMatchObject({ code: 'aborted' })
  expect(server.received()).toBe(1)
})

it('closes idle connections of a pool', async () => {
  const { app, mailer } = await start({ transport: { pool: true } })
  server.release()
  await mailer.sendMail(message)
  expect(server.connections()).toBe(1)
  await app.close()
  // Resolves when the last client has disconnected; an open connection would make the test time out.
  await server.close()
})

it('aborts a running health check', async () => {
  const provider = closeAfterTest(await startProvider({ faults: { 587: 'silent', 2525: 'silent', 465: 'silent' } }))
  const { app } = await start({ settings: provider.settings, startup: 'background' })
  const mailer = app.get<Transporter>(getMailerToken())
  await app.close()
  expect(mailer.state().rungs.map(({ status }) => status)).toEqual(['untried', 'untried', 'untried'])
})

it('leaves no timer when no message is pending', async () => {
  const before = timers()
  const { app } = await start({ shutdownTimeout: 60_000 })
  await app.close()
  expect(timers()).toBeLessThanOrEqual(before)
})

function timers(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
}
