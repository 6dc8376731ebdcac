import { nodemailerAdapter } from '@payloadcms/email-nodemailer'
import { createTransport } from 'nodemailer'
import { expect, it } from 'vitest'
import { blockedMailer, blockedProvider, expectOneOver2525 } from './blocked-provider.ts'
import { emailAdapter } from './payload.ts'

const sender = { defaultFromAddress: 'app@postern.test', defaultFromName: 'App' }

/** How Payload uses an adapter. */
type Init = (cms: object) => { sendEmail(message: { to: string; subject: string; text: string }): Promise<unknown> }

const message = { to: 'ada@postern.test', subject: 'Payload', text: 'It works.' }

it('works as the transport of Payload’s nodemailer adapter', async () => {
  const blocked = await blockedProvider()
  const init = (await nodemailerAdapter({ ...sender, transport: createTransport(blocked.transport), skipVerify: true })) as unknown as Init
  expect(await init({}).sendEmail(message)).toMatchObject({ accepted: ['ada@postern.test'] })
  expectOneOver2525(blocked)
  expect(blocked.provider.messages).toMatchObject([{ subject: 'Payload', text: 'It works.' }])
})

it('works with Payload’s own nodemailer and is verified at start', async () => {
  const { provider, transport } = await blockedProvider()
  const init = (await nodemailerAdapter({ ...sender, transportOptions: transport })) as unknown as Init
  expect(provider.logins).toMatchObject([{ port: 2525, ok: true }])
  await init({}).sendEmail(message)
  expect(provider.messages).toMatchObject([{ port: 2525, secure: true, subject: 'Payload' }])
})

it('accepts Postern’s transporter, and verifies it at start', async () => {
  const { provider, transport } = await blockedMailer()
  const init = (await emailAdapter(transport)) as unknown as Init
  expect(provider.logins).toMatchObject([{ port: 2525, ok: true }])
  expect(await init({}).sendEmail(message)).toMatchObject({ accepted: ['ada@postern.test'] })
  expect(provider.messages).toMatchObject([{ port: 2525, secure: true, from: 'app@example.com', subject: 'Payload', text: 'It works.' }])
})
