import { describe, expect, it } from 'vitest'
import { type Answer, drip, held, reset, turns } from '../../test/mail-server.ts'
import { allDialogues, connectTo, type Dialogue, medium, serve, small, summaryOf, textOf, two } from '../../test/submission-client.ts'
import { PushedBodyReader } from './body.ts'

/** Refuses the recipients with these local parts. */
const refusing = (...refused: readonly string[]): Answer => (peer, line) => peer.say(refused.some((name) => line.includes(`<${name}@`)) ? '550 5.1.1 no such user' : '250 ok')

describe('a message', () => {
  it.each(allDialogues.flatMap((dialogue) => [small, medium, textOf(3_000_000)].map((text) => [dialogue, text.length, text] as const)))(
    'goes through %s, with %d octets',
    async (dialogue, _, text) => {
      const server = await serve()
      const { submit, connection } = await connectTo(server, { dialogue })
      const result = await submit(text)
      expect(result).toMatchObject({ kind: 'accepted', accepted: ['bob@example.net'], rejected: [], reply: { code: 250 } })
      expect(server.messages).toEqual([text])
      expect(connection.isUsable).toBe(true)
    },
  )

  it.each<[Dialogue, readonly string[]]>([
    ['step by step', ['MAIL FROM:<ada@example.com>', 'RCPT TO:<bob@example.net>', 'RCPT TO:<eve@example.org>', 'DATA']],
    ['pipelined', ['MAIL FROM:<ada@example.com> SIZE=23', 'RCPT TO:<bob@example.net>', 'RCPT TO:<eve@example.org>', 'DATA']],
    ['chunked', ['MAIL FROM:<ada@example.com> SIZE=23', 'RCPT TO:<bob@example.net>', 'RCPT TO:<eve@example.org>', 'BDAT 23 LAST']],
  ])('has these commands %s', async (dialogue, lines) => {
    const server = await serve()
    const { submit } = await connectTo(server, { dialogue })
    await submit('nothing with a dot in', { envelope: two })
    expect(server.lines).toEqual(lines)
  })

  it.each(allDialogues)('follows another one %s', async (dialogue) => {
    const server = await serve()
    const { submit, connection } = await connectTo(server, { dialogue })
    const texts = Array.from({ length: 20 }, (_, index) => `Message ${index}\r\n`)
    for (const text of texts) expect(summaryOf(await submit(text))).toBe('accepted')
    expect(server.messages).toEqual(texts)
    expect([server.connections, connection.transactions]).toEqual([1, 20])
  })

  const contents: readonly [string, string][] = [
    ['nothing at all', ''],
    ['an empty line', '\r\n'],
    ['no line end at its end', 'a\r\nb'],
    ['a CR at its end', 'a\r'],
    ['lone CR and LF', 'a\rb\nc\r\nd\n\re'],
    ['an end of data within', 'a\r\n.\r\nMAIL FROM:<eve@example.org>\r\n'],
    ['an end of data by LF', 'a\n.\nb\n.\r\nc\r.\rd\r\n.\ne'],
    ['leading dots', '.\r\n..\r\n...\r\n. a\r\n'],
    ['NUL and all other octets', String.fromCharCode(...Array.from({ length: 256 }, (_, code) => code))],
    ['a long line', 'x'.repeat(20_000)],
    ...[16_383, 16_384, 16_385, 16_448, 65_535, 65_536, 65_537, 131_072].flatMap((octets): [string, string][] => [
      [`${octets} octets`, textOf(octets)],
      [`${octets} octets without a line end`, 'y'.repeat(octets)],
      [`${octets} octets of dots and LF`, '.\n'.repeat(octets / 2)],
    ]),
  ]
  it.each(allDialogues.flatMap((dialogue) => contents.map(([name, text]) => [name, dialogue, text] as const)))('arrives with %s, %s', async (_, dialogue, text) => {
    const server = await serve()
    const { submit } = await connectTo(server, { dialogue })
    const result = await submit(Buffer.from(text, 'latin1'))
    const isChunk = server.count('BDAT') > 0
    const [sent] = server.messages
    const lines = text.replaceAll(/\r\n|\r|\n/g, '\r\n')
    expect(isChunk ? sent : sent!.replaceAll(/^\./gm, '')).toBe(lines === '' || lines.endsWith('\r\n') ? lines : `${lines}\r\n`)
    expect(result).toMatchObject({ kind: 'accepted', octets: sent!.length + (isChunk ? 0 : 3) })
    // Nothing is left of it: the next message begins where it should.
    expect(summaryOf(await submit(small))).toBe('accepted')
  })

  it.each(allDialogues)('can be a stream with chunks of any size, %s', async (dialogue) => {
    const server = await serve()
    const { submit } = await connectTo(server, { dialogue })
    const text = '.a\r\nb\n.c\r'.repeat(30_000)
    const reading = new PushedBodyReader()
    const submitted = submit(reading)
    for (let at = 0; at < text.length; at += 997) {
      reading.push(Buffer.from(text.slice(at, at + 997)))
      if (at % 5 === 0) await turns(1)
    }
    reading.end()
    expect(summaryOf(await submitted)).toBe('accepted')
    expect(server.messages[0]!.replaceAll(/^\./gm, '')).toBe(text.replaceAll(/\r\n|\r|\n/g, '\r\n'))
  })
})

describe('replies', () => {
  it.each(allDialogues)('may come in single octets, %s', async (dialogue) => {
    const server = await serve({
      MAIL: drip('250-2.1.0 sender\r\n250 2.1.0 ok'),
      RCPT: drip('250 2.1.5 ok'),
      DATA: drip('354 go on'),
      end: drip('250 2.0.0 queued'),
      BDAT: drip('250 2.0.0 queued'),
    })
    const { submit } = await connectTo(server, { dialogue })
    const result = await submit(small, { envelope: two })
    expect(result).toMatchObject({ kind: 'accepted', accepted: two.to, reply: { lines: ['2.0.0 queued'] } })
  })

  it.each<Dialogue>(['pipelined', 'chunked'])('to the whole envelope may arrive in one packet, %s', async (dialogue) => {
    const server = await serve({
      MAIL: held('250 ok'),
      RCPT: (peer, line) => (line.includes('eve') && dialogue === 'chunked' ? peer.say('550 no') : peer.hold(line.includes('eve') ? '550 no' : '250 ok')),
    })
    const { submit } = await connectTo(server, { dialogue })
    const result = await submit(small, { envelope: two })
    expect(result).toMatchObject({ kind: 'accepted', accepted: ['bob@example.net'], rejected: [{ recipient: 'eve@example.org', reply: { code: 550 } }] })
  })

  it('to a message in one flight may come in one packet', async () => {
    const server = await serve({ MAIL: held('250 ok'), RCPT: held('250 ok'), BDAT: '250 queued' })
    const { submit } = await connectTo(server, { dialogue: 'chunked' })
    expect(await submit(small)).toMatchObject({ kind: 'accepted', reply: { lines: ['queued'] } })
  })

  it('may have several lines, and the enhanced code is that of the first', async () => {
    const server = await serve({ end: '250-2.6.0 first\r\n250-second\r\n250 third' })
    const { submit } = await connectTo(server)
    expect(await submit(small)).toMatchObject({ reply: { code: 250, enhancedCode: '2.6.0', lines: ['2.6.0 first', 'second', 'third'] } })
  })
})

describe('several recipients', () => {
  const three = { to: ['a@example.net', 'b@example.net', 'c@example.net'] }

  it.each(allDialogues.flatMap((dialogue) => [['a'], ['b'], ['c'], ['a', 'b'], ['b', 'c']].map((refused) => [dialogue, refused] as const)))(
    'have a reply each, %s, with %j refused',
    async (dialogue, refused) => {
      const server = await serve({ RCPT: refusing(...refused) })
      const { submit } = await connectTo(server, { dialogue })
      const result = await submit(small, { envelope: three })
      expect(result).toMatchObject({
        kind: 'accepted',
        accepted: three.to.filter((recipient) => !refused.includes(recipient[0]!)),
        rejected: refused.map((name) => ({ recipient: `${name}@example.net`, reply: { code: 550, enhancedCode: '5.1.1' } })),
      })
      expect(server.messages).toHaveLength(1)
    },
  )

  it.each(allDialogues)('that are all refused refuse the message, %s', async (dialogue) => {
    const server = await serve({ RCPT: (peer, line) => peer.say(line.includes('<b@') ? '550 no' : '450 later'), DATA: '554 no valid recipients' })
    const { submit, connection } = await connectTo(server, { dialogue })
    const result = await submit(small, { envelope: three })
    expect(result).toMatchObject({ kind: 'refused', stage: 'rcpt', reply: { code: 450 } })
    expect(result).toMatchObject({ rejected: three.to.map((recipient) => ({ recipient, reply: { code: recipient.startsWith('b') ? 550 : 450 } })) })
    expect(server.count('BDAT')).toBe(0)
    expect(server.messages).toEqual([])
    expect(connection.isUsable).toBe(true)
  })

  it('that are all refused get an empty message if the server accepts DATA anyway', async () => {
    const server = await serve({ RCPT: '550 5.1.1 no', end: '554 no valid recipients' })
    const { submit, connection } = await connectTo(server, { dialogue: 'pipelined' })
    expect(summaryOf(await submit(small, { envelope: three }))).toBe('refused rcpt 550')
    expect(server.messages).toEqual([''])
    expect(connection.isUsable).toBe(true)
  })

  it('that are all refused stay refused, whatever the reply to the empty message', async () => {
    const server = await serve({ RCPT: '450 later', end: '250 queued' })
    const { submit } = await connectTo(server, { dialogue: 'pipelined' })
    expect(summaryOf(await submit(small))).toBe('refused rcpt 450')
  })

  it('that are all refused stay refused if the connection is lost before the reply to DATA', async () => {
    const server = await serve({ RCPT: '450 later', DATA: reset })
    const { submit } = await connectTo(server, { dialogue: 'pipelined' })
    expect(summaryOf(await submit(small))).toBe('refused rcpt 450')
  })

  it('of a refused sender get no message, not even an empty one', async () => {
    const server = await serve({ MAIL: '550 5.7.1 not you' })
    const { submit, connection } = await connectTo(server, { dialogue: 'pipelined' })
    expect(summaryOf(await submit(small, { envelope: three }))).toBe('refused mail 550')
    expect(connection.isUsable).toBe(false)
    await server.quiet()
    expect(server.messages).toEqual([])
  })

  it('may be a thousand', async () => {
    const server = await serve({ RCPT: (peer, line) => peer.say(line.includes('5@') ? '550 no' : '250 ok') })
    const to = Array.from({ length: 1_000 }, (_, index) => `${index}@example.net`)
    const { submit } = await connectTo(server, { dialogue: 'pipelined' })
    const result = await submit(small, { envelope: { to } })
    expect(result).toMatchObject({ kind: 'accepted', accepted: to.filter((one) => !one.includes('5@')) })
  })
})
