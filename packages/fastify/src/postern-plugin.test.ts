import { parseSettings } from '@postern/core'
import { createTransport, type Transporter } from '@postern/nodemailer'
import { startProvider } from '@postern/testing'
import underPressure from '@fastify/under-pressure'
import fastify, { type FastifyInstance } from 'fastify'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { type Mailer, posternPlugin, type RegisteredMailer, smtpHealth, smtpHealthCheck, smtpSettingsCheck } from './index.ts'

const message = { from: 'app@example.net', to: 'ada@example.net', subject: 'Hello', text: 'It works.' }

describe('posternPlugin', () => {
  it('sets fastify.mailer, and its accepted messages are evidence for the health route', async () => {
    await using provider = await startProvider()
    const mailer = createTransport(parseSettings(provider.settings))
    const app = fastify()
    await app.register(posternPlugin, { mailer })
    await app.register(smtpHealth, { path: '/health', source: mailer, authorize: () => true })
    app.post('/send', async (_request, reply) => {
      await app.mailer.sendMail(message)
      return await reply.code(202).send()
    })
    expect((await app.inject({ method: 'POST', url: '/send' })).statusCode).toBe(202)
    expect(provider.messages.map(({ subject }) => subject)).toEqual(['Hello'])
    const before = provider.connections[587]
    expect((await app.inject('/health')).json()).toMatchObject({ status: 'pass', lastSuccess: { by: 'traffic' } })
    expect(provider.connections[587]).toBe(before)
    await app.close()
  })

  it('closes the mailer after its last message when the app closes', async () => {
    await using provider = await startProvider({ faults: { 587: 'holds-after-body' } })
    const mailer = createTransport(parseSettings(provider.settings))
    const app = fastify()
    await app.register(posternPlugin, { mailer })
    await app.ready()
    const sending = app.mailer.sendMail(message)
    await provider.waitForHeld(587)
    const closing = app.close()
    provider.release(587)
    await expect(sending).resolves.toBeDefined()
    await closing
    expect(provider.messages).toHaveLength(1)
  })

  it('gives up pending messages after shutdownTimeout', async () => {
    await using provider = await startProvider({ faults: { 587: 'holds-at-mail' } })
    const mailer = createTransport(parseSettings(provider.settings))
    const app = fastify()
    await app.register(posternPlugin, { mailer, shutdownTimeout: 1 })
    await app.ready()
    const sending = app.mailer.sendMail(message).catch((error: unknown) => error)
    await provider.waitForHeld(587)
    await app.close()
    expect(await sending).toMatchObject({ code: 'aborted', delivery: 'not-accepted' })
  })

  it('accepts a mailer without close() and settled()', async () => {
    const app = fastify()
    await app.register(posternPlugin, { mailer: { sendMail: async () => 'sent' } })
    await expect(app.mailer.sendMail(message)).resolves.toBe('sent')
    await app.close()
  })
})

it('is a health check for @fastify/under-pressure, which goes on serving while mail is down', async () => {
  await using provider = await startProvider({ faults: { 587: 'refuse', 2525: 'refuse', 465: 'refuse' } })
  const mailer = createTransport(parseSettings(provider.settings))
  const app = fastify()
  await app.register(underPressure, {
    healthCheck: smtpHealthCheck(mailer),
    healthCheckInterval: 500,
    exposeStatusRoute: { url: '/status', routeOpts: {}, routeResponseSchemaOpts: { smtp: { type: 'string' } } },
  })
  await app.ready()
  expect((await app.inject('/status')).json()).toMatchObject({ status: 'ok', smtp: 'fail' })
  await app.close()
  mailer.close()
})

it('reads only its own bodies: the rest of the app keeps its parsers', async () => {
  const app = fastify()
  await app.register(smtpSettingsCheck, { path: '/check', authorize: () => true })
  app.post('/echo', async ({ body }) => body)
  expect((await app.inject({ method: 'POST', url: '/echo', payload: { a: 1 } })).json()).toEqual({ a: 1 })
  await app.close()
})

it('requires authorize', async () => {
  const app = fastify()
  // @ts-expect-error authorize is missing
  app.register(smtpSettingsCheck, { path: '/check' })
  await expect(app.ready()).rejects.toMatchObject({ code: 'authorize-missing' })
})

it('types fastify.mailer by declaration merging', () => {
  expectTypeOf<FastifyInstance['mailer']>().toEqualTypeOf<RegisteredMailer>()
  expectTypeOf<RegisteredMailer>().toEqualTypeOf<Mailer>()
  expectTypeOf<Transporter>().toExtend<Mailer>()
})
