import { parseSettings } from '@postern/core'
import { createTransport, type Transporter } from '@postern/nodemailer'
import { startProvider } from '@postern/testing'
import express5, { type Request } from 'express'
import express4 from 'express4'
import { describe, expect, expectTypeOf, it, vi } from 'vitest'
import { listen } from '../test/listen.ts'
import { attachMailer, type Mailer, type RequestMailer, smtpHealth } from './index.ts'

describe.each([
  ['Express 5', express5],
  ['Express 4', express4],
])('%s: attachMailer', (_, express) => {
  it('sets req.mailer, and its accepted messages are evidence for the health route', async () => {
    const provider = await startProvider()
    const transport = createTransport(parseSettings(provider.settings))
    const app = express()
    app.use(attachMailer(transport))
    app.post('/send', (request, response, next) => {
      const message = { from: 'app@example.net', to: 'ada@example.net', subject: 'Hello', text: 'It works.' }
      request.mailer.sendMail(message).then(() => response.sendStatus(202), next)
    })
    app.get('/health', smtpHealth(transport, { authorize: () => true }))
    const { url, close } = await listen(app)
    try {
      expect((await fetch(`${url}/send`, { method: 'POST' })).status).toBe(202)
      expect(provider.messages.map(({ subject }) => subject)).toEqual(['Hello'])
      const before = provider.connections[587]
      expect(await (await fetch(`${url}/health`)).json()).toMatchObject({ status: 'pass', lastSuccess: { by: 'traffic' } })
      expect(provider.connections[587]).toBe(before)
    } finally {
      await close()
      transport.close()
      await provider.close()
    }
  })

  it('closes the mailer after the server', async () => {
    let closed = 0
    const mailer: Mailer = { sendMail: () => Promise.resolve(), close: () => (closed += 1) }
    const app = express()
    const { server, close } = await listen(app)
    app.use(attachMailer(mailer, { closeWith: server }))
    expect(closed).toBe(0)
    await close()
    expect(closed).toBe(1)
  })

  it('closes the mailer after its last message', async () => {
    const { promise, resolve } = deferred()
    const calls: string[] = []
    const app = express()
    const { server, close } = await listen(app)
    const mailer: Mailer = { sendMail: () => Promise.resolve(), settled: () => promise, close: () => calls.push('closed') }
    app.use(attachMailer(mailer, { closeWith: server }))
    await close()
    expect(calls).toEqual([])
    resolve()
    await promise
    await vi.waitFor(() => expect(calls).toEqual(['closed']))
  })

  it('does not close the mailer without closeWith', async () => {
    let closed = 0
    const app = express()
    app.use(attachMailer({ sendMail: () => Promise.resolve(), close: () => (closed += 1) }))
    const { close } = await listen(app)
    await close()
    expect(closed).toBe(0)
  })
})

it('types req.mailer by declaration merging', () => {
  expectTypeOf<Request['mailer']>().toEqualTypeOf<RequestMailer>()
  expectTypeOf<RequestMailer>().toEqualTypeOf<Mailer>()
  expectTypeOf<Transporter>().toExtend<Mailer>()
  // @ts-expect-error sendMail is missing
  const noMailer: Mailer = { close() {} }
  expect(noMailer).toBeDefined()
})

function deferred(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve!: () => void
  return { promise: new Promise<void>((settle) => (resolve = settle)), resolve: () => resolve() }
}
