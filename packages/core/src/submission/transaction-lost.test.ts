import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { deferred } from '../../test/deferred.ts'
import { type Answer, close, type MailPeer, type Point, reset, until } from '../../test/mail-server.ts'
import { connectTo, type Dialogue, largeMessage, medium, serve, small, summaryOf, textOf, two } from '../../test/submission-client.ts'
import { SmtpError } from '../failure/smtp-error.ts'
import { PushedBodyReader } from './body.ts'

describe('a lost connection', () => {
  type Case = readonly [Dialogue, number, Point, string, boolean]
  const ends: Readonly<Record<string, Answer>> = { FIN: close, RST: reset }
  const points: readonly (readonly [Dialogue, Point, boolean])[] = [
    ...(['step by step', 'pipelined'] as const).flatMap((dialogue) => (['MAIL', 'RCPT', 'DATA', 'end'] as const).map((point) => [dialogue, point, point === 'end'] as const)),
    // In one flight, the end has left before the first reply.
    ...(['MAIL', 'RCPT', 'BDAT'] as const).map((point) => ['chunked', point, true] as const),
  ]
  const cases: Case[] = []
  for (const { length } of [small, medium, textOf(3_000_000)])
    for (const [dialogue, point, mayBeAccepted] of points)
      for (const end of Object.keys(ends)) if (length < 65_536 || dialogue !== 'chunked') cases.push([dialogue, length, point, end, mayBeAccepted])

  it.each(cases)('%s, with %d octets, at %s by %s', async (dialogue, octets, point, end, mayBeAccepted) => {
    const server = await serve({ [point]: ends[end]! })
    const { submit, connection } = await connectTo(server, { dialogue })
    const result = await submit(octets === small.length ? small : textOf(octets))
    expect(result).toMatchObject({ kind: 'lost', cause: { facts: { code: 'connection-lost' } }, mayBeAccepted })
    expect(connection.isUsable).toBe(false)
  })

  it.each<[Point, string]>(['MAIL', 'RCPT'].flatMap((point) => Object.keys(ends).map((end): [Point, string] => [point as Point, end])))(
    'chunked with several recipients at %s by %s has sent nothing of the message',
    async (point, end) => {
      const server = await serve({ [point]: ends[end]! })
      const { submit } = await connectTo(server, { dialogue: 'chunked' })
      expect(summaryOf(await submit(small, { envelope: two }))).toBe('lost connection-lost')
    },
  )

  it.each(Object.keys(ends))('in the middle of a large message, by %s: the end was not sent', async (end) => {
    const server = await serve({
      body: async (peer) => {
        await peer.until((unread) => unread.length > 100_000)
        peer.stopReading()
        await peer.answer(ends[end]!, '')
      },
    })
    const { submit } = await connectTo(server, { dialogue: 'pipelined' })
    expect(summaryOf(await submit(largeMessage()))).toBe('lost connection-lost')
    expect(server.messages).toEqual([])
  })

  it('by RST right after 354: nothing of a message of 40 kB was sent', async () => {
    const server = await serve({ body: reset })
    const { submit } = await connectTo(server)
    expect(summaryOf(await submit(medium))).toBe('lost connection-lost')
  })

  it.each([['half a reply to MAIL', { MAIL: (peer: MailPeer) => void peer.socket.end('25') }, false], ['half a reply to the message', { end: (peer: MailPeer) => void peer.socket.end('250 2.0.0 que') }, true]] as const)(
    'after %s has no reply',
    async (_, script, mayBeAccepted) => {
      const server = await serve(script)
      const { submit } = await connectTo(server)
      expect(await submit(small)).toMatchObject({ kind: 'lost', mayBeAccepted })
    },
  )

  it('before the first command: nothing was sent', async () => {
    const server = await serve()
    const { submit, connection, socket } = await connectTo(server)
    const closed = once(socket, 'close')
    ;(await server.peer()).socket.destroy()
    await closed
    expect(summaryOf(await submit(small))).toBe('lost connection-lost')
    expect(connection.isUsable).toBe(false)
  })

  it('right after the reply: the message was accepted', async () => {
    const server = await serve({ end: (peer) => void peer.socket.end('250 2.0.0 queued\r\n') })
    const { submit, connection } = await connectTo(server)
    expect(summaryOf(await submit(small))).toBe('accepted')
    await server.quiet()
    expect(connection.isUsable).toBe(false)
  })
})

describe('an abort', () => {
  it.each<[Dialogue, Point, boolean]>([
    ['step by step', 'MAIL', false],
    ['step by step', 'RCPT', false],
    ['step by step', 'DATA', false],
    ['step by step', 'end', true],
    ['pipelined', 'MAIL', false],
    ['pipelined', 'DATA', false],
    ['pipelined', 'end', true],
    ['chunked', 'MAIL', true],
    ['chunked', 'BDAT', true],
  ])('%s at %s destroys the connection', async (dialogue, point, mayBeAccepted) => {
    const reached = deferred()
    const server = await serve({
      [point]: async (peer: MailPeer) => {
        reached.resolve()
        await peer.gone
      },
    })
    const { submit, cancel, connection } = await connectTo(server, { dialogue })
    const submitted = submit(small)
    await reached.promise
    cancel(new SmtpError({ code: 'aborted' }))
    expect(summaryOf(await submitted)).toBe(`lost aborted${mayBeAccepted ? ', unknown' : ''}`)
    expect(connection.isUsable).toBe(false)
    await server.quiet()
  })

  it('in the middle of a large message leaves it incomplete', async () => {
    const server = await serve({ body: (peer) => peer.until((unread) => unread.length > 100_000).then(() => peer.stopReading()) })
    const { submit, cancel } = await connectTo(server)
    const submitted = submit(largeMessage())
    const peer = await server.peer()
    await until(() => peer.socket.bytesRead > 100_000)
    cancel(new SmtpError({ code: 'aborted' }))
    expect(summaryOf(await submitted)).toBe('lost aborted')
    expect(server.messages).toEqual([])
  })
})

describe('a source that fails', () => {
  it('before the message is sent: nothing is sent, and the connection stays', async () => {
    const server = await serve()
    const { submit, connection } = await connectTo(server)
    const reading = new PushedBodyReader()
    reading.fail(new Error('no such file'))
    expect(await submit(reading)).toMatchObject({ kind: 'unreadable', cause: { message: 'no such file' } })
    expect(summaryOf(await submit(small))).toBe('accepted')
    expect([connection.isUsable, server.messages]).toEqual([true, [small]])
  })

  it('in the middle of the message: it is left incomplete', async () => {
    const server = await serve()
    const { submit, connection } = await connectTo(server)
    const reading = new PushedBodyReader()
    reading.push(Buffer.from(textOf(70_000)))
    const submitted = submit(reading)
    const peer = await server.peer()
    await until(() => peer.socket.bytesRead > 60_000)
    reading.fail(new Error('the disk is gone'))
    expect(await submitted).toMatchObject({ kind: 'unreadable', cause: { message: 'the disk is gone' } })
    expect(connection.isUsable).toBe(false)
    await server.quiet()
    expect(server.messages).toEqual([])
  })
})
