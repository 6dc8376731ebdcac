import { describe, expect, it } from 'vitest'
import { type Point, reset, type Script } from '../../test/mail-server.ts'
import { allDialogues, connectTo, type Dialogue, largeMessage, medium, serve, small, summaryOf, textOf } from '../../test/submission-client.ts'
import { PushedBodyReader } from './body.ts'

describe('a refusal', () => {
  it.each<[Dialogue, Point, string, string]>(
    allDialogues.flatMap((dialogue) =>
      (['MAIL', 'RCPT', ...(dialogue === 'chunked' ? (['BDAT'] as const) : (['DATA', 'end'] as const))] as const).flatMap((point) =>
        (['421', '450', '550'] as const).map((code): [Dialogue, Point, string, string] => [dialogue, point, code, { MAIL: 'mail', RCPT: 'rcpt', DATA: 'data', end: 'message', BDAT: 'message' }[point]]),
      ),
    ),
  )('%s at %s with %s refuses the message', async (dialogue, point, code, stage) => {
    const server = await serve({ ...(point === 'MAIL' && { RCPT: '503 no sender' }), ...(point !== 'end' && dialogue !== 'chunked' && { DATA: '503 no recipients' }), BDAT: '503 no recipients', [point]: `${code} 4.3.0 no` })
    const { submit, connection } = await connectTo(server, { dialogue })
    const result = await submit(small)
    expect(result).toMatchObject({ kind: 'refused', stage, reply: { code: Number(code) } })
    // With 421 the server closes the connection.
    expect(connection.isUsable).toBe(code !== '421')
  })

  it.each<[Dialogue, string]>(allDialogues.flatMap((dialogue) => (['450', '550'] as const).map((code): [Dialogue, string] => [dialogue, code])))(
    '%s with %s leaves a connection that can be reset and used again',
    async (dialogue, code) => {
      const server = await serve({ RCPT: (peer, line) => peer.say(line.includes('eve') ? `${code} no` : '250 ok'), DATA: (peer) => peer.say(peer.lines.at(-2)!.includes('eve') ? '503 no' : '354 go') })
      const { submit, connection } = await connectTo(server, { dialogue })
      const chunk = dialogue === 'chunked'
      if (chunk) server.script = { ...server.script, BDAT: (peer) => peer.say(peer.lines.at(-2)!.includes('eve') ? '503 no' : '250 ok') }
      expect(summaryOf(await submit(small, { envelope: { to: ['eve@example.org'] } }))).toBe(`refused rcpt ${code}`)
      expect(await new Promise((resolve) => connection.reset(resolve))).toBe(true)
      expect(summaryOf(await submit(small))).toBe('accepted')
    },
  )

  it.each<[string, Script, string]>([
    ['MAIL', { MAIL: '550 5.7.1 not you', RCPT: '503 no', BDAT: '503 no' }, 'refused mail 550'],
    ['RCPT', { RCPT: '450 4.2.0 later', BDAT: '503 no' }, 'refused rcpt 450'],
    ['RCPT, though the chunk was taken', { RCPT: '450 4.2.0 later', BDAT: '250 queued' }, 'refused rcpt 450'],
    ['RCPT, and then the connection is lost', { RCPT: '450 4.2.0 later', BDAT: reset }, 'refused rcpt 450'],
  ])('of %s decides although the message was already sent', async (_, script, expected) => {
    const server = await serve(script)
    const { submit } = await connectTo(server, { dialogue: 'chunked' })
    expect(summaryOf(await submit(small))).toBe(expected)
  })

  it.each<[string, string]>([
    ['421', '4.3.2 shutting down'],
    ['452', '4.3.1 no space'],
    ['552', '5.3.4 too large'],
  ])('%s %s in the middle of the message ends it', async (code, text) => {
    const server = await serve({
      body: async (peer) => {
        await peer.until((unread) => unread.length > 100_000)
        peer.stopReading()
        peer.say(`${code} ${text}`)
      },
    })
    const { submit, connection } = await connectTo(server)
    expect(summaryOf(await submit(largeMessage()))).toBe(`refused message ${code}`)
    expect(connection.isUsable).toBe(false)
    await server.quiet()
    expect(server.messages).toEqual([])
  })

  it('in the middle of a message with a slow source ends it, and the source is released', async () => {
    const server = await serve({
      body: async (peer) => {
        await peer.until((unread) => unread.length > 60_000)
        peer.say('552 too large')
      },
    })
    const { submit } = await connectTo(server)
    const reading = new PushedBodyReader()
    reading.push(Buffer.from(textOf(70_000)))
    expect(summaryOf(await submit(reading))).toBe('refused message 552')
    expect(reading.onChange).toBeUndefined()
  })
})

describe('a reply that does not fit', () => {
  it.each<[Dialogue, Point, string, boolean]>([
    ...(['step by step', 'pipelined'] as const).flatMap((dialogue): [Dialogue, Point, string, boolean][] => [
      [dialogue, 'MAIL', '354 go on', false],
      [dialogue, 'RCPT', '354 go on', false],
      [dialogue, 'RCPT', '334 more', false],
      [dialogue, 'DATA', '250 ok', false],
      [dialogue, 'end', '354 go on', true],
      [dialogue, 'end', '334 more', true],
    ]),
    ['chunked', 'MAIL', '354 go on', true],
    ['chunked', 'RCPT', '354 go on', true],
    ['chunked', 'BDAT', '354 go on', true],
  ])('%s at %s, %s, ends the connection', async (dialogue, point, reply, mayBeAccepted) => {
    const server = await serve({ [point]: reply })
    const { submit, connection } = await connectTo(server, { dialogue })
    expect(summaryOf(await submit(small))).toBe(`lost protocol-error${mayBeAccepted ? ', unknown' : ''}`)
    expect(connection.isUsable).toBe(false)
    await server.quiet()
  })

  it.each(['hello', '250', '25', '999 what', '250 ok\n', '\0\0', '250-a\r\n550 b', '1'.repeat(20_000)])('%j is no reply', async (garbage) => {
    const server = await serve({ MAIL: (peer) => peer.write(`${garbage}\n`) })
    const { submit } = await connectTo(server)
    expect(summaryOf(await submit(small))).toMatch(/^lost (?:protocol-error|reply-too-large)$/)
  })

  it('250 before the message is complete does not accept it', async () => {
    const server = await serve({
      body: async (peer) => {
        await peer.until((unread) => unread.length > 100_000)
        peer.say('250 2.0.0 queued')
      },
    })
    const { submit, connection } = await connectTo(server)
    expect(summaryOf(await submit(largeMessage()))).toBe('lost protocol-error')
    expect(connection.isUsable).toBe(false)
  })

  it.each([medium, textOf(100_000)])('250 in one packet with 354 does not accept the message', async (text) => {
    const server = await serve({ DATA: '354 go on\r\n250 2.0.0 queued' })
    const { submit } = await connectTo(server)
    expect(summaryOf(await submit(text))).toMatch(/^lost protocol-error/)
  })

  it('250 while the source is slow does not accept the message', async () => {
    const server = await serve({
      body: async (peer) => {
        await peer.until((unread) => unread.length > 60_000)
        peer.say('250 2.0.0 queued')
      },
    })
    const { submit } = await connectTo(server)
    const reading = new PushedBodyReader()
    reading.push(Buffer.from(textOf(70_000)))
    expect(summaryOf(await submit(reading))).toBe('lost protocol-error')
  })
})
