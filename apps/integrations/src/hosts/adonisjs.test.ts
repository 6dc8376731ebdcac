import { EventEmitter } from 'node:events'
import { HealthChecks } from '@adonisjs/core/health'
import type { EmitterLike } from '@adonisjs/core/types/events'
import { MailManager } from '@adonisjs/mail'
import type { MailEvents, MessageComposeCallback } from '@adonisjs/mail/types'
import { createTransport } from '@postern/nodemailer'
import { startProvider } from '@postern/testing'
import { expect, it, onTestFinished } from 'vitest'
import { blockedMailer, expectOneOver2525 } from './blocked-provider.ts'
import { SmtpCheck } from './adonisjs-health.ts'
import { logQueuedErrors, PosternTransport } from './adonisjs-mail.ts'

const invitation: MessageComposeCallback = (message) => {
  message.from('app@postern.test', 'App').to('ada@postern.test', 'Ada').subject('AdonisJS').text('It works.').attachData(Buffer.from('a,b'), { filename: 'list.csv' })
}

async function mailService() {
  const blocked = await blockedMailer()
  const emitter = new EventEmitter()
  const mail = new MailManager(emitter as unknown as EmitterLike<MailEvents>, { default: 'smtp', mailers: { smtp: () => new PosternTransport(blocked.transport) } })
  return { ...blocked, emitter, mail }
}

it('works as a transport of AdonisJS', async () => {
  const { mail, ...blocked } = await mailService()
  const { messageId, envelope } = await mail.send(invitation)
  expect(messageId).toMatch(/^<.+>$/)
  expect(envelope).toEqual({ from: 'app@postern.test', to: ['ada@postern.test'] })
  expectOneOver2525(blocked)
  expect(blocked.provider.messages).toMatchObject([{ to: ['ada@postern.test'], subject: 'AdonisJS', text: 'It works.' }])
})

it('finishes messages in progress when the app ends', async () => {
  const { mail, provider } = await mailService()
  await provider.fault(2525, 'holds-after-body')
  const sending = mail.send(invitation)
  await provider.waitForHeld(2525)
  const closing = mail.closeAll()
  provider.release(2525)
  await expect(sending).resolves.toMatchObject({ envelope: { to: ['ada@postern.test'] } })
  await closing
})

it('logs the error of a queued message, which nobody awaits', async () => {
  const { mail, provider, emitter } = await mailService()
  await provider.fault(2525, 'recipient-rejected')
  const logged = new Promise<readonly [details: object, message: string]>((resolve) => {
    logQueuedErrors(emitter, { error: (...entry) => resolve(entry) })
  })
  await mail.sendLater(invitation)
  const [details, message] = await logged
  expect(details).toEqual({ mailer: 'smtp', code: 'recipient-rejected', delivery: 'not-accepted', advice: expect.any(String) })
  expect(message).toMatch(/^DeliveryError: /)
})

it.each([
  ['ok', true, 'Mail can be sent.', {}],
  ['warning', true, 'refused the connection', { 587: 'refuse' }],
  ['error', false, 'No mail port', { 587: 'refuse', 2525: 'refuse', 465: 'refuse' }],
] as const)('is %s in a health check of AdonisJS', async (status, isHealthy, message, faults) => {
  await using provider = await startProvider({ faults })
  const mailer = createTransport(provider.settings)
  onTestFinished(() => mailer.close({ force: true }))
  const report = await new HealthChecks().register([new SmtpCheck(mailer)]).run()
  expect(report).toMatchObject({ isHealthy, status, checks: [{ name: 'Outgoing mail', status, message: expect.stringContaining(message) }] })
  expect(provider.messages).toHaveLength(0)
})
