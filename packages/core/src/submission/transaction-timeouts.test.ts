import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { hang, type MailPeer, type Point, readSlowly, turns, until } from '../../test/mail-server.ts'
import { connectTo, type Dialogue, largeMessage, serve, SHORT, small, summaryOf, textOf, two } from '../../test/submission-client.ts'
import { PushedBodyReader } from './body.ts'

describe('a server that stops replying', () => {
  const timeouts = { mail: SHORT, rcpt: SHORT, data: SHORT, block: SHORT, end: SHORT }

  it.each<[Dialogue, Point, keyof typeof timeouts, boolean]>([
    ['step by step', 'MAIL', 'mail', false],
    ['step by step', 'RCPT', 'rcpt', false],
    ['step by step', 'DATA', 'data', false],
    ['step by step', 'end', 'end', true],
    ['pipelined', 'MAIL', 'mail', false],
    ['pipelined', 'RCPT', 'rcpt', false],
    ['pipelined', 'DATA', 'data', false],
    ['pipelined', 'end', 'end', true],
    ['chunked', 'MAIL', 'mail', true],
    ['chunked', 'RCPT', 'rcpt', true],
    ['chunked', 'BDAT', 'end', true],
  ])('%s at %s times out after `timeouts.%s`', async (dialogue, point, wait, mayBeAccepted) => {
    const server = await serve({ [point]: hang })
    // All other waits are endless: without the right one this would hang.
    const endless = { mail: Infinity, rcpt: Infinity, data: Infinity, block: Infinity, end: Infinity }
    const { submit } = await connectTo(server, { dialogue, timeouts: { ...endless, [wait]: SHORT } })
    expect(await submit(small)).toMatchObject({ kind: 'lost', mayBeAccepted, cause: { facts: { code: 'reply-timeout', values: { seconds: 0 } } } })
    await server.quiet()
  })

  it.each<[Dialogue, Point]>([
    ['pipelined', 'RCPT'],
    ['chunked', 'RCPT'],
  ])('%s at one %s of several', async (dialogue, point) => {
    const server = await serve({ [point]: (peer: MailPeer, line: string) => (line.includes('eve') ? new Promise<void>(() => {}) : peer.say('250 ok')) })
    const { submit } = await connectTo(server, { dialogue, timeouts })
    expect(summaryOf(await submit(small, { envelope: two }))).toBe('lost reply-timeout')
  })

  it('and stops reading a large message times out after `timeouts.block`', async () => {
    const server = await serve({ body: async (peer) => (peer.stopReading(), await peer.gone) })
    const { submit } = await connectTo(server, { timeouts: { mail: Infinity, rcpt: Infinity, data: Infinity, end: Infinity, block: SHORT } })
    expect(summaryOf(await submit(largeMessage()))).toBe('lost reply-timeout')
    expect(server.messages).toEqual([])
  })

  it('after half a reply', async () => {
    const server = await serve({ end: (peer) => (peer.write('250-2.0.0 almost\r\n250'), peer.gone) })
    const { submit } = await connectTo(server, { timeouts })
    expect(summaryOf(await submit(small))).toBe('lost reply-timeout, unknown')
  })

  it('at RSET', async () => {
    const server = await serve({ RSET: hang })
    const { submit, connection } = await connectTo(server, { timeouts })
    await submit(small)
    expect(await new Promise((resolve) => connection.reset(resolve))).toBe(false)
    expect(connection.isUsable).toBe(false)
  })
})

describe('time that does not count for the server', () => {
  it('is unlimited while the connection is idle', async () => {
    const timeouts = { mail: SHORT, rcpt: SHORT, data: SHORT, block: SHORT, end: SHORT }
    const server = await serve()
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
    onTestFinished(() => void vi.useRealTimers())
    const { submit, connection, socket } = await connectTo(server, { timeouts })
    for (let count = 0; count < 3; count++) {
      expect(summaryOf(await submit(small))).toBe('accepted')
      await vi.advanceTimersByTimeAsync(3_600_000)
      expect([connection.isUsable, socket.timeout ?? 0]).toEqual([true, 0])
    }
  })

  it.each<[string, number]>([
    ['a source that has given little', 1_000],
    ['a source that has given a block', 70_000],
    ['a source that has given several blocks', 400_000],
  ])('runs while %s is slow', async (_, octets) => {
    const timeouts = { mail: SHORT, rcpt: SHORT, data: SHORT, block: SHORT, end: SHORT }
    const server = await serve()
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
    onTestFinished(() => void vi.useRealTimers())
    const { submit, socket } = await connectTo(server, { timeouts })
    const reading = new PushedBodyReader()
    const submitted = submit(reading)
    reading.push(Buffer.from(textOf(octets)))
    const peer = await server.peer()
    await until(() => peer.lines.includes('DATA'))
    await until(() => octets < 65_536 || peer.socket.bytesRead >= octets)
    await turns(5)
    expect(socket.timeout ?? 0).toBe(0)
    await vi.advanceTimersByTimeAsync(3_600_000)
    reading.push(Buffer.from('The end.\r\n'))
    await vi.advanceTimersByTimeAsync(3_600_000)
    reading.end()
    expect(summaryOf(await submitted)).toBe('accepted')
    expect(server.messages).toEqual([`${textOf(octets)}The end.\r\n`])
  })
})

describe('a slow transfer', () => {
  it('that makes progress is not aborted', async () => {
    const block = 2_000
    // Longer than the timeout for one block.
    const server = await serve({ body: (peer) => readSlowly(peer, 1.5 * block) })
    const { submit } = await connectTo(server, { timeouts: { block } })
    expect(summaryOf(await submit(largeMessage()))).toBe('accepted')
  })
})
