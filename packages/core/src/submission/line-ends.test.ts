import * as fc from 'fast-check'
import DataStream from 'nodemailer/lib/smtp-connection/data-stream.js'
import { describe, expect, it } from 'vitest'
import { LineEnds } from './line-ends.ts'

interface Converted {
  readonly text: string
  readonly lines: LineEnds
}

/** Converts a message that comes in these pieces. Latin 1, so that every octet is one character. */
function convert(pieces: readonly string[], stuffsDots = true): Converted {
  const lines = new LineEnds(stuffsDots)
  const out: Buffer[] = []
  for (const piece of pieces) lines.push(Buffer.from(piece, 'latin1'), out)
  lines.end(out)
  return { text: Buffer.concat(out).toString('latin1'), lines }
}

/** The same by another path: split at every line end there is, and join. */
function normalise(text: string): string {
  const joined = text.replaceAll(/\r\n|\r|\n/g, '\r\n')
  return joined === '' || joined.endsWith('\r\n') ? joined : `${joined}\r\n`
}

/** What a server makes of it (RFC 5321 §4.5.2). */
function unstuff(text: string): string {
  return text.replaceAll(/^\./gm, '')
}

/** Mostly the octets that matter, so that every sequence of three comes up; and any other. */
const octet = fc.oneof({ weight: 6, arbitrary: fc.constantFrom('\r', '\n', '.', 'a') }, { weight: 1, arbitrary: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)) })
const message = fc.array(octet, { maxLength: 60 }).map((octets) => octets.join(''))
const pieces = fc.array(fc.array(octet, { maxLength: 8 }).map((octets) => octets.join('')), { maxLength: 12 })

describe('the line ends of a message', () => {
  it.each<[string, string]>([
    ['', ''],
    ['a', 'a\r\n'],
    ['a\r\n', 'a\r\n'],
    ['a\n', 'a\r\n'],
    ['a\r', 'a\r\n'],
    ['a\nb\rc', 'a\r\nb\r\nc\r\n'],
    ['\r', '\r\n'],
    ['\n', '\r\n'],
    ['\r\r', '\r\n\r\n'],
    ['\n\r', '\r\n\r\n'],
    ['\r\n\r\n', '\r\n\r\n'],
    ['.', '..\r\n'],
    ['..', '...\r\n'],
    ['a.b', 'a.b\r\n'],
    ['a\n.\nb', 'a\r\n..\r\nb\r\n'],
    ['a\r.\rb', 'a\r\n..\r\nb\r\n'],
    ['a\r\n.\r\nb', 'a\r\n..\r\nb\r\n'],
    ['\0.\xff', '\0.\xff\r\n'],
  ])('%j becomes %j', (given, expected) => {
    expect(convert([given]).text).toBe(expected)
  })

  it('are CR LF, and no CR or LF stands alone', () => {
    fc.assert(
      fc.property(message, fc.boolean(), (text, stuffsDots) => {
        expect(convert([text], stuffsDots).text).not.toMatch(/\r(?!\n)|(?<!\r)\n/)
      }),
      { numRuns: 1_000 },
    )
  })

  it('are converted in one copy, or none if nothing changes', () => {
    const lines = new LineEnds(true)
    const out: Buffer[] = []
    const plain = Buffer.from('a line\r\n'.repeat(1_000))
    for (const piece of [plain, Buffer.from('a line\n.\n'.repeat(1_000)), Buffer.alloc(0)]) lines.push(piece, out)
    expect(out).toHaveLength(2)
    expect(out[0]).toBe(plain)
  })

  it('are the same however the message was split', () => {
    fc.assert(
      fc.property(pieces, fc.boolean(), (parts, stuffsDots) => {
        const whole = convert([parts.join('')], stuffsDots)
        const split = convert(parts, stuffsDots)
        expect(split.text).toBe(whole.text)
        expect(split.lines.written).toBe(whole.lines.written)
        expect(split.lines.has8Bit).toBe(whole.lines.has8Bit)
      }),
      { numRuns: 1_000 },
    )
  })

  it('are the only change in a message that is sent as a chunk', () => {
    fc.assert(
      fc.property(message, (text) => {
        expect(convert([text], false).text).toBe(normalise(text))
      }),
      { numRuns: 1_000 },
    )
  })

  it('keep the message unchanged after the server has removed the added dots', () => {
    fc.assert(
      fc.property(message, (text) => {
        const sent = convert([text]).text
        expect(unstuff(sent)).toBe(normalise(text))
        // Dots are added at line starts and nowhere else.
        expect(sent.split('\r\n').map((line) => line.replace(/^\.\./, '.'))).toEqual(normalise(text).split('\r\n'))
      }),
      { numRuns: 1_000 },
    )
  })

  it('never create an end of data within the message', () => {
    fc.assert(
      fc.property(message, (text) => {
        expect(`\r\n${convert([text]).text}`).not.toContain('\r\n.\r\n')
      }),
      { numRuns: 1_000 },
    )
  })

  it('end the last line, so that the final dot stands alone', () => {
    fc.assert(
      fc.property(message, (text) => {
        const sent = convert([text]).text
        expect(sent === '' || sent.endsWith('\r\n')).toBe(true)
      }),
    )
  })

  it('are the same as nodemailer’s', async () => {
    await fc.assert(
      fc.asyncProperty(pieces, async (parts) => {
        // An empty message is an empty line for nodemailer, and no line for us.
        fc.pre(parts.join('') !== '')
        expect(`${convert(parts).text}.\r\n`).toBe(await nodemailerWrites(parts))
      }),
      { numRuns: 500 },
    )
  })

  it('are counted, before and after', () => {
    fc.assert(
      fc.property(pieces, (parts) => {
        const { text, lines } = convert(parts)
        expect(lines.received).toBe(parts.join('').length)
        expect(lines.written).toBe(text.length)
      }),
    )
  })

  it.each<[string, boolean]>([
    ['', false],
    ['plain\r\n.', false],
    ['\x7f', false],
    ['\x80', true],
    ['caf\xe9\r\n', true],
    ['\xff', true],
  ])('%j has octets above 127: %j', (text, has8Bit) => {
    expect(convert([text]).lines.has8Bit).toBe(has8Bit)
  })

  it('do not change the buffers of the caller', () => {
    const piece = Buffer.from('a\n.b\rc')
    const out: Buffer[] = []
    const lines = new LineEnds(true)
    lines.push(piece, out)
    lines.end(out)
    expect(piece.toString()).toBe('a\n.b\rc')
  })
})

async function nodemailerWrites(parts: readonly string[]): Promise<string> {
  const stream = new DataStream()
  for (const part of parts) stream.write(Buffer.from(part, 'latin1'))
  stream.end()
  const out: Buffer[] = []
  for await (const piece of stream) out.push(piece as Buffer)
  return Buffer.concat(out).toString('latin1')
}
