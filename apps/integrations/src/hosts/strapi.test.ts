import provider from '@strapi/provider-email-nodemailer'
import { expect, it } from 'vitest'
import { blockedProvider, expectOneOver2525 } from './blocked-provider.ts'
import plugins from './strapi.ts'

/** Its types declare a default export that the module does not have. */
type Strapi = (typeof provider)['default']
const strapi = provider as unknown as Strapi

const settings = { defaultFrom: 'app@postern.test', defaultReplyTo: 'app@postern.test' }

it('works as the transport of Strapi’s nodemailer provider and its own nodemailer', async () => {
  const blocked = await blockedProvider()
  const email = strapi.init(blocked.transport as never, settings)
  await email.send({ to: 'ada@postern.test', subject: 'Strapi', text: 'It works.', html: '<p>It works.</p>' })
  expectOneOver2525(blocked)
  expect(blocked.provider.messages).toMatchObject([{ subject: 'Strapi', text: 'It works.' }])
})

it('implements the methods that Strapi calls on a provider', async () => {
  const { provider, transport } = await blockedProvider()
  const email = strapi.init(transport as never, settings)
  expect(email.isIdle()).toBe(true)
  expect(await email.verify()).toBe(true)
  expect(provider.logins).toMatchObject([{ port: 2525, ok: true }])
  email.close()
})

it('accepts the configuration of the recipe', () => {
  const { providerOptions, settings: sender } = plugins({ env: () => 'smtp://smtp.example.com' }).email.config
  expect(strapi.init(providerOptions as never, sender).isIdle()).toBe(true)
  providerOptions.close()
})
