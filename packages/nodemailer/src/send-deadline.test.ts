import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { failureOf, letter, mailerFor, modes } from '../test/mail.ts'
import { type Answer, type Point, ScriptedServer } from '../test/scripted-server.ts'

describe.each(modes)('an aborted message, $mode', ({ pool }) => {
  it('before its start, with nothing sent', async () => {
    await using server = await ScriptedServer.start()
    const mailer = mailerFor(server.settings(), { pool })
    await expect(mailer.sendMail({ ...letter, signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'aborted', delivery: 'not-accepted', cause: { code: 'EABORT' } })
    expect(server.connections).toBe(0)
  })

  it.each(['greeting', 'EHLO', 'AUTH', 'MAIL', 'DATA'] as const)('while the server is silent at %s', async (point) => {
    const controller = new AbortController()
    await using server = await ScriptedServer.start({ [point]: () => controller.abort() })
    const error = await failureOf(mailerFor(server.settings(), { pool }).sendMail({ ...letter, signal: controller.signal }))
    expect(error).toMatchObject({ code: 'aborted', delivery: 'not-accepted', retryable: true })
    await server.quiet()
    expect(server.messages).toEqual([])
  })

  it('during the message, which is left incomplete', async () => {
    const controller = new AbortController()
    await using server = await ScriptedServer.start({ body: () => controller.abort() })
    const endless = new Readable({ read() { setImmediate(() => this.push('x'.repeat(1_000))) } })
    const error = await failureOf(
      mailerFor(server.settings(), { pool }).sendMail({ ...letter, attachments: [{ content: endless }], signal: controller.signal }),
    )
    expect(error).toMatchObject({ code: 'aborted', stage: 'data', delivery: 'not-accepted' })
    await server.quiet()
    expect(server.messages).toEqual([])
    expect(endless.destroyed).toBe(true)
  })

  it('after the message, with the outcome unknown', async () => {
    const controller = new AbortController()
    await using server = await ScriptedServer.start({ end: () => controller.abort() })
    const error = await failureOf(mailerFor(server.settings(), { pool }).sendMail({ ...letter, signal: controller.signal }))
    expect(error).toMatchObject({ code: 'aborted', stage: 'message', delivery: 'unknown', retryable: false })
    await server.quiet()
    expect(server.messages).toHaveLength(1)
  })
})

/** Sends the same bytes repeatedly, so that no reply timeout is ever reached. */
const drip = (bytes: string, onDrop: (count: number) => void = () => {}): Answer => ({ socket }) => {
  let count = 0
  const timer = setInterval(() => {
    socket.write(bytes)
    onDrop((count += 1))
  }, 5)
  socket.on('close', () => clearInterval(timer))
}

describe.each(modes)('a server that sends byte by byte, $mode', ({ pool }) => {
  const drips: readonly [Point, string][] = [
    ['greeting', '220-x\r\n'],
    ['greeting', '2'],
    ['EHLO', '250-x\r\n'],
    ['EHLO', '2'],
    ['AUTH', '334-\r\n'],
    ['AUTH', '2'],
    ['MAIL', '250-x\r\n'],
    ['MAIL', '2'],
    ['RCPT', '250-x\r\n'],
    ['DATA', '354-x\r\n'],
    ['DATA', '3'],
  ]

  it.each(drips)('delays no message beyond its deadline, at %s with %j', async (point, bytes) => {
    await using server = await ScriptedServer.start({ [point]: drip(bytes) })
    const error = await failureOf(mailerFor(server.settings(), { pool, deadline: 300 }).sendMail(letter))
    expect(error).toMatchObject({ code: 'deadline', delivery: 'not-accepted', retryable: true })
    await server.quiet()
    expect(server.messages).toEqual([])
  })

  it.each(drips)('does not delay an abort, at %s with %j', async (point, bytes) => {
    const controller = new AbortController()
    await using server = await ScriptedServer.start({ [point]: drip(bytes, (count) => count === 3 && controller.abort()) })
    const error = await failureOf(mailerFor(server.settings(), { pool }).sendMail({ ...letter, signal: controller.signal }))
    expect(error).toMatchObject({ code: 'aborted', delivery: 'not-accepted', retryable: true })
    await server.quiet()
    expect(server.messages).toEqual([])
  })
})
