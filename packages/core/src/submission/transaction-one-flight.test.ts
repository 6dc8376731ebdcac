import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { type Answer, close, type Script, turns } from '../../test/mail-server.ts'
import { allDialogues, type Client, connectTo, dialogues, serve, small, summaryOf, textOf } from '../../test/submission-client.ts'
import { numbered, poolOver, resultOf, startServer } from '../../test/submission-pool.ts'

/** Answers nothing before the chunk has come. */
async function flight(options: Parameters<typeof connectTo>[1] & { readonly to?: readonly string[]; readonly mayChunk?: boolean; readonly text?: string }) {
  const server = await serve()
  const replied: string[] = []
  const noting = (verb: string): Answer => (peer) => {
    replied.push(`${verb}: ${/BDAT/.test(peer.unread) ? 'the chunk is here' : 'no chunk yet'}`)
    peer.say('250 ok')
  }
  // Everything that is sent at once arrives within these turns.
  server.script = { MAIL: async (peer) => (await turns(20), await peer.answer(noting('MAIL'), '')), RCPT: noting('RCPT') }
  const { submit } = await connectTo(server, { dialogue: 'chunked', ...options })
  const result = await submit(options.text ?? small, { envelope: { to: options.to ?? ['bob@example.net'] }, mayChunk: options.mayChunk ?? true })
  expect(summaryOf(result)).toBe('accepted')
  return { replied, server }
}

describe('a message in one flight', () => {
  it('has one recipient', async () => {
    const { replied, server } = await flight({})
    expect(replied).toEqual(['MAIL: the chunk is here', 'RCPT: the chunk is here'])
    expect(server.count('BDAT')).toBe(1)
  })

  it('waits for the envelope if there are several recipients', async () => {
    const { replied, server } = await flight({ to: ['bob@example.net', 'eve@example.org'] })
    expect(replied).toEqual(['MAIL: no chunk yet', 'RCPT: no chunk yet', 'RCPT: no chunk yet'])
    expect(server.count('BDAT')).toBe(1)
  })

  it.each<[string, Parameters<typeof flight>[0]]>([
    ['one that cannot be read again', { mayChunk: false }],
    ['more than 64 kB', { text: textOf(65_537) }],
    ['a server without CHUNKING', { dialogue: 'pipelined' }],
    ['a server without PIPELINING', { offer: ['CHUNKING'] }],
  ])('is not used for %s', async (_, options) => {
    const { server } = await flight(options)
    expect(server.count('BDAT')).toBe(0)
    expect(server.count('DATA')).toBe(1)
  })

  it('waits for the envelope if the server has not replied for two seconds', async () => {
    vi.useFakeTimers({ toFake: ['performance'] })
    onTestFinished(() => void vi.useRealTimers())
    const server = await serve()
    const early: boolean[] = []
    server.script = {
      MAIL: async (peer) => {
        await turns(20)
        early.push(peer.unread.includes('BDAT'))
        peer.say('250 ok')
      },
    }
    const { submit } = await connectTo(server, { dialogue: 'chunked' })
    for (const idle of [1_999, 2_000, 60_000, 0]) {
      vi.advanceTimersByTime(idle)
      expect(summaryOf(await submit(small))).toBe('accepted')
    }
    expect(early).toEqual([true, false, false, true])
    expect(server.count('BDAT')).toBe(4)
  })
})

describe('an envelope that the server cannot accept', () => {
  it.each<[string, Parameters<Client['submit']>[1], readonly string[]]>([
    ['no recipients', { envelope: { to: [] } }, []],
    ['a line end', { envelope: { to: ['a\r\nRSET'] } }, []],
    ['a message that is too large', {}, ['SIZE 5']],
    ['TLS required on the whole way', { envelope: { requireTls: true } }, ['REQUIRETLS']],
  ])('%s: nothing is sent, and the connection stays', async (_, options, offer) => {
    const server = await serve()
    const { submit, connection } = await connectTo(server, { offer })
    expect(summaryOf(await submit(small, options))).toBe('unsuited')
    expect(connection.isUsable).toBe(true)
    expect(summaryOf(await submit('a\r\n'))).toBe('accepted')
    expect([server.count('MAIL'), server.messages]).toEqual([1, ['a\r\n']])
  })

  it('counts the octets as they are on the wire', async () => {
    const server = await serve()
    const { submit } = await connectTo(server, { offer: ['SIZE 8'] })
    expect(summaryOf(await submit('a\nb\n'))).toBe('accepted')
    expect(summaryOf(await submit('a\nb\n.'))).toBe('unsuited')
  })
})

/** A server that closes each connection after its reply to the first message. */
function closingAfter(reply: string): Script {
  const end: Answer = (peer) => {
    peer.write(reply)
    return peer.answer(close, '')
  }
  return { end, BDAT: end }
}

describe('a server that closes each connection right after its reply', () => {
  it.each(allDialogues)('with a 421 loses no message: %s', async (dialogue) => {
    const server = await startServer(closingAfter('250 2.0.0 queued\r\n421 4.3.2 bye\r\n'), { offer: dialogues[dialogue] })
    const { send } = poolOver([server], { maxConnections: 1 })
    const outcomes = await Promise.all(numbered(10).map((text) => send(text)))
    expect(outcomes.map(resultOf)).toEqual(outcomes.map(() => 'accepted'))
    expect(server.messages.toSorted()).toEqual(numbered(10).toSorted())
  })

  it.each(allDialogues)('without a 421 loses one message in flight at most: %s', async (dialogue) => {
    const server = await startServer(closingAfter('250 2.0.0 queued\r\n'), { offer: dialogues[dialogue] })
    const { send } = poolOver([server], { maxConnections: 1 })
    const outcomes = (await Promise.all(numbered(20).map((text) => send(text)))).map(resultOf)
    expect(outcomes.filter((outcome) => outcome !== 'accepted').length).toBeLessThanOrEqual(dialogue === 'chunked' ? 1 : 0)
    expect(server.messages.length).toBe(outcomes.filter((outcome) => outcome === 'accepted').length)
  })
})
