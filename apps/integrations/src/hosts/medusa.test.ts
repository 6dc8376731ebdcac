import type { INotificationProvider, Logger, ProviderSendNotificationDTO } from '@medusajs/framework/types'
import { AbstractNotificationProviderService } from '@medusajs/framework/utils'
import { SettingsError } from '@postern/nodemailer'
import { startProvider } from '@postern/testing'
import { expect, it, vi } from 'vitest'
import smtp from './medusa.ts'

const from = 'shop@postern.test'
const notification: ProviderSendNotificationDTO = {
  to: 'ada@postern.test',
  channel: 'email',
  template: 'order-placed',
  content: { subject: 'Your order', text: 'It is on its way.', html: '<p>It is on its way.</p>' },
}

/** What Medusa's loader of notification providers does. */
function load(options: object, logger: Partial<Logger> = {}): INotificationProvider {
  const [Service] = smtp.services as unknown as [typeof AbstractNotificationProviderService & (new (container: object, options: object) => INotificationProvider)]
  Service.validateOptions(options)
  return new Service({ logger }, options)
}

it('is a provider of the notification module', () => {
  expect(smtp).toMatchObject({ module: 'notification', services: [expect.objectContaining({ identifier: 'smtp' })] })
  expect(load({ settings: 'smtp://smtp.example.com', from })).toBeInstanceOf(AbstractNotificationProviderService)
})

it('sends a notification over the port that works, and logs the fallback', async () => {
  await using provider = await startProvider({ faults: { 587: 'refuse' } })
  const warn = vi.fn<(message: string) => void>()
  const { id } = await load({ settings: provider.settings, from }, { warn }).send({
    ...notification,
    attachments: [{ content: btoa('a,b'), filename: 'order.csv', content_type: 'text/csv' }],
  })
  expect(id).toMatch(/^<.+>$/)
  expect(provider.messages).toMatchObject([{ port: 2525, secure: true, from, to: ['ada@postern.test'], subject: 'Your order', text: 'It is on its way.' }])
  expect(provider.messages[0]!.raw).toMatch(/Content-Type: text\/csv; name=order\.csv[^]*YSxi/)
  expect(warn.mock.calls).toEqual([[`Mail goes over port ${provider.ports[2525]} now.`]])
})

it('renders a template where a notification has no content', async () => {
  await using provider = await startProvider()
  const templates = { 'order-placed': ({ number }: { number?: unknown }) => ({ subject: `Order ${String(number)}`, text: 'It is on its way.', html: '' }) }
  const service = load({ settings: provider.settings, from, templates })
  await service.send({ ...notification, content: null, from: 'sales@postern.test', data: { number: 7 } })
  expect(provider.messages).toMatchObject([{ from: 'sales@postern.test', subject: 'Order 7', text: 'It is on its way.' }])
  await expect(service.send({ ...notification, content: null, template: 'unknown' })).rejects.toMatchObject({ type: 'invalid_data', message: expect.stringContaining('unknown') })
})

it('rejects with the reason, so that Medusa marks the notification as failed', async () => {
  await using provider = await startProvider({ faults: { 587: 'recipient-rejected' } })
  await expect(load({ settings: provider.settings, from }).send(notification)).rejects.toMatchObject({ code: 'recipient-rejected', delivery: 'not-accepted' })
})

it('is refused at start-up with invalid options', () => {
  expect(() => load({ settings: 'smtp://smtp.example.com' })).toThrow('needs the option from')
  expect(() => load({ settings: { host: '' }, from })).toThrow(SettingsError)
})
