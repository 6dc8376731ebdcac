import fc from 'fast-check'
import { encode, wrap } from 'nodemailer/lib/base64'
import { expect, it } from 'vitest'
import { Base64Lines } from './base64-lines.ts'

const content = fc.oneof(fc.uint8Array({ maxLength: 400 }), fc.constantFrom(0, 1, 2, 3, 56, 57, 58, 113, 114, 115, 171).map((size) => new Uint8Array(size).fill(0xfb)))

it('encodes like nodemailer, for parts of any size', () => {
  fc.assert(
    fc.property(content, fc.integer({ min: 1, max: 500 }), fc.nat({ max: 5 }), (octets, most, offset) => {
      // A view with an offset into its buffer.
      const view = new Uint8Array(octets.length + offset).subarray(offset)
      view.set(octets)
      const lines = new Base64Lines(view)
      const taken: Buffer[] = []
      while (!lines.isEnded) taken.push(lines.take(most))
      expect(Buffer.concat(taken).toString('latin1')).toBe(wrap(encode(Buffer.from(octets))))
    }),
    { numRuns: 500 },
  )
})
