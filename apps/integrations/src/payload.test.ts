import { nodemailerAdapter } from '@payloadcms/email-nodemailer'
import * as postern from '@postern/nodemailer'
import { startProvider } from '@postern/testing'
import { createTransport } from 'nodemailer'
import { expect, it, onTestFinished } from 'vitest'
import { blockedProvider, expectOneOver2525 } from './blocked-provider.ts'

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

it('accepts Postern’s transporter as in the README, and verifies it at start', async () => {
  await using provider = await startProvider({ faults: { 587: 'refuse' } })
  const transport = postern.createTransport(provider.settings)
  onTestFinished(() => transport.close({ force: true }))
  const init = (await nodemailerAdapter({ ...sender, transport })) as unknown as Init
  expect(provider.logins).toMatchObject([{ port: 2525, ok: true }])
  expect(await init({}).sendEmail(message)).toMatchObject({ accepted: ['ada@postern.test'] })
  expect(provider.messages).toMatchObject([{ port: 2525, secure: true, from: 'app@postern.test', subject: 'Payload', text: 'It works.' }])
})
