import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { thrownBy } from '../../test/thrown-by.ts'
import { SmtpError } from '../failure/smtp-error.ts'
import { type Reply, ReplyParser } from './reply.ts'

/** Parses a sequence of chunks into replies. */
function read(...chunks: readonly Buffer[]): Reply[] {
  const parser = new ReplyParser()
  const replies: Reply[] = []
  for (const chunk of chunks) {
    let rest = chunk
    while (rest.length > 0) {
      const result = parser.push(rest)
      rest = result.rest
      if (result.reply) replies.push(result.reply)
    }
  }
  return replies
}

const bytes = (text: string) => Buffer.from(text, 'latin1')

function failureOf(text: string): string {
  const error = thrownBy(() => read(bytes(text)))
  if (error === undefined) return 'none'
  return error instanceof SmtpError ? error.facts.code : 'another error'
}

describe('a reply', () => {
  it.each<[string, Reply]>([
    ['220 mail.example.com ESMTP\r\n', { code: 220, enhancedCode: undefined, lines: ['mail.example.com ESMTP'] }],
    ['250\r\n', { code: 250, enhancedCode: undefined, lines: [''] }],
    ['250 \r\n', { code: 250, enhancedCode: undefined, lines: [''] }],
    ['250-a\r\n250-\r\n250 c\r\n', { code: 250, enhancedCode: undefined, lines: ['a', '', 'c'] }],
    ['535 5.7.8 no\r\n', { code: 535, enhancedCode: '5.7.8', lines: ['5.7.8 no'] }],
    ['535-5.7.8 no\r\n535 5.7.8 really\r\n', { code: 535, enhancedCode: '5.7.8', lines: ['5.7.8 no', '5.7.8 really'] }],
    ['250 2.1.5\r\n', { code: 250, enhancedCode: '2.1.5', lines: ['2.1.5'] }],
    ['550 5.7.1234 no\r\n', { code: 550, enhancedCode: undefined, lines: ['5.7.1234 no'] }],
    ['550 3.7.1 no\r\n', { code: 550, enhancedCode: undefined, lines: ['3.7.1 no'] }],
  ])('%j is parsed correctly', (text, reply) => {
    expect(read(bytes(text))).toEqual([reply])
  })

  it.each([
    ['UTF-8', Buffer.from('550 Empfänger ungültig 🙁\r\n'), 'Empfänger ungültig 🙁'],
    ['Latin 1', bytes('550 Empf\xe4nger ung\xfcltig\r\n'), 'Empfänger ungültig'],
    ['both, each part in its own encoding', Buffer.concat([bytes('550 \xfc '), Buffer.from('ü🙁'), bytes(' \xff\xc3\r\n')]), 'ü ü🙁 ÿÃ'],
    ['a replacement character of the server', Buffer.from('550 a\ufffdü\r\n'), 'a\ufffdü'],
  ])('is decoded from %s', (_, octets, text) => {
    expect(read(octets)).toEqual([{ code: 550, enhancedCode: undefined, lines: [text] }])
  })

  it('returns the bytes after it as the rest', () => {
    const { reply, rest } = new ReplyParser().push(bytes('220 one\r\n250-two\r\n'))
    expect(reply?.lines).toEqual(['one'])
    expect(rest.toString()).toBe('250-two\r\n')
  })

  it('is partial once its first byte was received', () => {
    const parser = new ReplyParser()
    expect(parser.partial).toBe(false)
    parser.push(bytes('2'))
    expect(parser.partial).toBe(true)
    parser.push(bytes('50-a\r\n'))
    expect(parser.partial).toBe(true)
    parser.push(bytes('250 b\r\n'))
    expect(parser.partial).toBe(false)
  })

  it.each([
    ['\n', 'a bare LF'],
    ['\r\n', 'an empty line'],
    ['220 a\n', 'LF without CR'],
    ['220 a\r', 'no line end'],
    ['220 a\r\r\n', 'two CR'],
    ['220 a\rb\r\n', 'a CR within'],
    ['220-a\n220 b\r\n', 'LF alone after a line that goes on'],
    ['250-a\r\n220 b\r\n', 'two codes'],
    ['250-a\r\nb\r\n', 'a line without a code'],
    ['199 a\r\n', 'a code below 200'],
    ['100 a\r\n', 'a code below 200'],
    ['600 a\r\n', 'a code above 599'],
    ['999 a\r\n', 'a code above 599'],
    ['22 a\r\n', 'two digits'],
    ['2200 a\r\n', 'four digits'],
    ['220a\r\n', 'no separator'],
    ['220\ta\r\n', 'a tab for a separator'],
    [' 220 a\r\n', 'a space in front'],
    ['HTTP/1.1 400 Bad Request\r\n', 'HTTP'],
    ['SSH-2.0-OpenSSH_9.6\r\n', 'SSH'],
  ])('%j is not valid: %s', (text) => {
    expect(failureOf(text)).toBe(text === '220 a\r' ? 'none' : 'protocol-error')
  })

  it.each<[what: string, within: string, beyond: string]>([
    ['a line', `220 ${'x'.repeat(12_288 - 6)}\r\n`, `220 ${'x'.repeat(12_288 - 5)}\r\n`],
    ['the number of lines', `${'250-a\r\n'.repeat(255)}250 a\r\n`, `${'250-a\r\n'.repeat(256)}250 a\r\n`],
    ['all of it', `${`250-${'x'.repeat(8_186)}\r\n`.repeat(7)}250 ${'x'.repeat(8_186)}\r\n`, `${`250-${'x'.repeat(8_186)}\r\n`.repeat(8)}250 a\r\n`],
  ])('has a limit for %s', (_what, within, beyond) => {
    expect(failureOf(within)).toBe('none')
    expect(failureOf(beyond)).toBe('reply-too-large')
  })

  it('resets its size limit for each reply', () => {
    expect(read(bytes(`220 ${'x'.repeat(8_000)}\r\n`.repeat(50)))).toHaveLength(50)
  })

  it('does not depend on how its bytes were split', () => {
    fc.assert(
      fc.property(fc.array(reply, { minLength: 1, maxLength: 5 }), fc.array(fc.nat(400), { maxLength: 12 }), (replies, cuts) => {
        const whole = Buffer.from(replies.map(written).join(''))
        const places = [...new Set(cuts.map((cut) => cut % whole.length))].sort((a, b) => a - b)
        const pieces = [...places, whole.length].map((end, index) => whole.subarray(places[index - 1] ?? 0, end))
        const expected = replies.map(({ code, lines }) => ({ code, lines }))
        expect(read(...pieces)).toMatchObject(expected)
        expect(read(...Array.from(whole, (byte) => Buffer.of(byte)))).toMatchObject(expected)
      }),
    )
  })

  it('throws only SmtpError, for any bytes', () => {
    const noise = fc.oneof(
      fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
      // Bytes that resemble replies get further into the parser.
      fc.array(fc.constantFrom('220', '250', '-', ' ', '\r\n', '\r', '\n', '5.7.8', 'x', '\0', '1'), { maxLength: 30 }).map((parts) => bytes(parts.join(''))),
    )
    fc.assert(
      fc.property(fc.array(noise, { maxLength: 5 }), (chunks) => {
        let replies: Reply[] = []
        const error = thrownBy(() => {
          replies = read(...chunks)
        })
        expect(error === undefined || error instanceof SmtpError).toBe(true)
        expect(replies.every(({ code, lines }) => code >= 200 && code <= 599 && !/[\r\n]/.test(lines.join('')))).toBe(true)
      }),
    )
  })
})

const line = fc.string({ unit: fc.constantFrom('a', 'Z', '0', ' ', '-', '.', 'é', '='), maxLength: 40 })
const reply = fc.record({
  code: fc.integer({ min: 200, max: 599 }),
  lines: fc.array(line, { minLength: 1, maxLength: 6 }),
})

function written({ code, lines }: { readonly code: number; readonly lines: readonly string[] }): string {
  return lines.map((text, index) => `${code}${index < lines.length - 1 ? '-' : ' '}${text}\r\n`).join('')
}
