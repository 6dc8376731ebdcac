import fc from 'fast-check'
import type { SendMailOptions } from 'nodemailer'
import MailComposer from 'nodemailer/lib/mail-composer'
import { expect, it } from 'vitest'
import { composeInMemory } from './compose-in-memory.ts'
import { ComposedBodyReader } from './composed-body-reader.ts'

const fixed = { from: 'ada@example.net', to: 'b@example.net', subject: 'Grüße', messageId: '<one@example.net>', date: new Date(0), baseBoundary: 'b' }
const line = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.constantFrom('', '.', '..', ' ', '\t', 'a '.repeat(60), 'x'.repeat(2_000), 'Grüße', '=', 'a\rb', 'trailing \t'))
const text = fc.array(fc.tuple(line, fc.constantFrom('\n', '\r\n', '\r', '')), { maxLength: 12 }).map((lines) => lines.flat().join(''))

const message: fc.Arbitrary<SendMailOptions> = fc.record(
  {
    text,
    html: text,
    watchHtml: text,
    amp: text,
    textEncoding: fc.constantFrom('quoted-printable' as const, 'base64' as const),
    encoding: fc.constantFrom('quoted-printable', 'base64', '7bit', '8bit'),
    icalEvent: text.map((content) => ({ content })),
    alternatives: fc.array(text.map((content) => ({ contentType: 'text/x-custom', content })), { maxLength: 2 }),
    attachments: fc.array(
      fc.record({
        filename: fc.constantFrom('a.txt', 'b.bin', 'ü.csv'),
        content: fc.oneof(text, fc.uint8Array().map((bytes) => Buffer.from(bytes)), fc.integer({ min: 60_000, max: 140_000 }).map((size) => Buffer.alloc(size, 'Grüße'))),
        contentTransferEncoding: fc.constantFrom('base64' as const, 'quoted-printable' as const, '7bit' as const, undefined),
      }),
      { maxLength: 3 },
    ),
  },
  { requiredKeys: [] },
)

it('composes the same bytes as nodemailer', async () => {
  let compared = 0
  await fc.assert(
    fc.asyncProperty(message, fc.integer({ min: 1, max: 200_000 }), async (parts, wanted) => {
      const composed = composeInMemory(new MailComposer({ ...fixed, ...parts }).compile())
      if (!composed) return
      compared += 1
      const expected = await new Promise<Buffer>((resolve, reject) => {
        new MailComposer({ ...fixed, ...parts }).compile().build((error, built) => (error ? reject(error) : resolve(built)))
      })
      // `build` also ends the last line, which Postern does on the wire.
      const own = readAll(new ComposedBodyReader(composed), wanted).toString('latin1')
      const end = own.endsWith('\n') ? '' : own.endsWith('\r') ? '\n' : '\r\n'
      expect(own + end).toBe(expected.toString('latin1'))
    }),
    { numRuns: 300 },
  )
  expect(compared).toBeGreaterThan(100)
})

it('leaves content that must be read to nodemailer', () => {
  for (const attachment of [{ path: '/a' }, { href: 'http://127.0.0.1/' }, { content: Buffer.alloc(70_000), contentTransferEncoding: '8bit' as const }, { filename: 'a.bin', content: 'x', contentTransferEncoding: 'quoted-printable' as const }]) {
    expect(composeInMemory(new MailComposer({ ...fixed, text: 'x', attachments: [attachment] }).compile())).toBeUndefined()
  }
})

function readAll(reading: ComposedBodyReader, wanted: number): Buffer {
  const taken: Buffer[] = []
  do taken.push(...reading.take(wanted))
  while (!reading.isEnded)
  return Buffer.concat(taken)
}
