import { once } from 'node:events'
import { startProvider } from '@postern/testing'
import { describe, expect, it } from 'vitest'
import { failureOf, Gate, letter, mailerFor, modes, unhurried } from '../test/mail.ts'
import { type Script, ScriptedServer } from '../test/scripted-server.ts'

const numbered = (count: number) => Array.from({ length: count }, (_, index) => ({ ...letter, subject: `Letter ${index}` }))

/** A server that is slow with the first message. */
async function held() {
  const [begun, goOn] = [new Gate(), new Gate()]
  const script: Script = {
    end: ({ say }) => {
      begun.open()
      void goOn.opened.then(() => say('250 ok'))
    },
  }
  return { server: await ScriptedServer.start(script), begun, goOn }
}

const subjects = ({ messages }: ScriptedServer) => messages.map((message) => /^Subject: (.*)$/m.exec(message)?.[1]?.trim())

describe('messages in the queue of a pool', () => {
  it('are sent in order', async () => {
    const { server, goOn } = await held()
    await using _ = server
    const mailer = mailerFor(server.settings(), { pool: true, maxConnections: 1 })
    const letters = numbered(20)
    // Messages with a signal are no exception.
    const sending = letters.map((one, index) => mailer.sendMail(index % 3 ? one : { ...one, signal: new AbortController().signal }))
    goOn.open()
    await Promise.all(sending)
    expect(subjects(server)).toEqual(letters.map(({ subject }) => subject))
  })

  it('that are aborted are not sent, and fail immediately', async () => {
    const { server, begun, goOn } = await held()
    await using _ = server
    const mailer = mailerFor(server.settings(), { pool: true, maxConnections: 1 })
    const calling = new AbortController()
    const sending = numbered(5).map((one, index) => mailer.sendMail(index === 3 ? { ...one, signal: calling.signal } : one))
    const failure = failureOf(sending.splice(3, 1)[0]!)
    await begun.opened
    calling.abort()
    expect(await failure).toMatchObject({ code: 'aborted', delivery: 'not-accepted', attempts: [] })
    goOn.open()
    await Promise.all(sending)
    expect(subjects(server)).toEqual(['Letter 0', 'Letter 1', 'Letter 2', 'Letter 4'])
  })

  it('have a deadline', async () => {
    const { server } = await held()
    await using _ = server
    const mailer = mailerFor(server.settings(), { pool: true, maxConnections: 1, deadline: 200 })
    const errors = await Promise.all(numbered(5).map((one) => failureOf(mailer.sendMail(one))))
    expect(errors.map(({ code }) => code)).toEqual(Array.from({ length: 5 }, () => 'deadline'))
    // The progress of the first one depends on the machine; the others were not started.
    for (const { delivery } of errors.slice(1)) expect(delivery).toBe('not-accepted')
  })

  it('wait while the only endpoint is down, and are sent when it works again', async () => {
    await using provider = await startProvider({ faults: { 2525: 'refuse', 465: 'refuse' } })
    const mailer = mailerFor(provider.settings, { pool: true, maxConnections: 1, endpointTimeout: 30_000 })
    await mailer.sendMail(letter)
    await provider.fault(587, 'refuse')
    const exhausted = once(mailer, 'exhausted')
    const sending = Promise.all(numbered(300).map((one) => mailer.sendMail(one)))
    await exhausted
    await provider.heal(587)
    await sending
    expect(provider.messages).toHaveLength(301)
  })

  it('fail with every attempt after endpointTimeout', async () => {
    await using provider = await startProvider()
    const mailer = mailerFor(provider.settings, { pool: true, maxConnections: 1, endpointTimeout: 400 })
    await mailer.sendMail(letter)
    for (const port of [587, 2525, 465] as const) await provider.fault(port, 'refuse')
    const errors = await Promise.all(numbered(50).map((one) => failureOf(mailer.sendMail(one))))
    for (const error of errors) expect(error).toMatchObject({ code: 'no-usable-endpoint', delivery: 'not-accepted', retryable: true, diagnosis: { code: 'nothing-listens' } })
    await provider.heal(2525)
    await mailer.sendMail(letter)
  })
})

describe.each(modes)('closing a transport, $mode', ({ pool }) => {
  it('settled() resolves when every message has its outcome', async () => {
    const { server, begun, goOn } = await held()
    await using _ = server
    const mailer = mailerFor(server.settings(), { pool, maxConnections: 1, selection: unhurried })
    await mailer.settled()
    const order: string[] = []
    const sending = numbered(4).map((one) => mailer.sendMail(one).then(() => order.push('sent')))
    await begun.opened
    const settled = mailer.settled().then(() => order.push('settled'))
    goOn.open()
    await Promise.all([...sending, settled])
    expect(order).toHaveLength(5)
    expect(mailer.metrics().pending).toBe(0)
  })

  it('aborts messages when it is closed by force, and sends nothing more', async () => {
    const { server, begun } = await held()
    await using _ = server
    const mailer = mailerFor(server.settings(), { pool, maxConnections: 1 })
    const errors = Promise.all(numbered(4).map((one) => failureOf(mailer.sendMail(one))))
    await begun.opened
    mailer.close({ force: true })
    for (const error of await errors) expect(error.code).toBe('aborted')
    expect((await errors)[0]).toMatchObject({ delivery: 'unknown' })
    await mailer.settled()
    expect(await failureOf(mailer.sendMail(letter))).toMatchObject({ code: 'aborted', delivery: 'not-accepted' })
    await server.quiet()
  })
})
