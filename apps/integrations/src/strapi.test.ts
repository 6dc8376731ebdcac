import provider from '@strapi/provider-email-nodemailer'
import { expect, it } from 'vitest'
import { blockedProvider, expectOneOver2525 } from './blocked-provider.ts'

/** Its types speak of a default export, which its module has not. */
type Strapi = (typeof provider)['default']
const strapi = provider as unknown as Strapi

const settings = { defaultFrom: 'app@postern.test', defaultReplyTo: 'app@postern.test' }

it('is the transport of Strapi’s nodemailer provider, with the nodemailer that it brings along', async () => {
  const blocked = await blockedProvider()
  const email = strapi.init(blocked.transport as never, settings)
  await email.send({ to: 'ada@postern.test', subject: 'Strapi', text: 'It works.', html: '<p>It works.</p>' })
  expectOneOver2525(blocked)
  expect(blocked.provider.messages).toMatchObject([{ subject: 'Strapi', text: 'It works.' }])
})

it('answers what Strapi asks of a provider', async () => {
  const { provider, transport } = await blockedProvider()
  const email = strapi.init(transport as never, settings)
  expect(email.isIdle()).toBe(true)
  expect(await email.verify()).toBe(true)
  expect(provider.logins).toMatchObject([{ port: 2525, ok: true }])
  email.close()
})
