import fc from 'fast-check'
import { expect, it } from 'vitest'
import { normalise } from './normalise.ts'
import { isPlainlyValid } from './plainly-valid.ts'
import { settingsSchema } from './schema.ts'

const pem = '-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n'
const host = fc.constantFrom('smtp.example.com', '127.0.0.1', '::1', 'localhost', 'mail_1.example.com.', 'a b', '', 'smtp://x', '-x', 'x'.repeat(254))
const text = fc.oneof(fc.constantFrom('ada', '', 'a\r\nb', '\ud800', 'x'.repeat(65_536), 'x'.repeat(65_537)), fc.string())
const secret = fc.oneof(text, fc.constant(() => 'secret'), fc.constant(null))
const port = fc.constantFrom<unknown>(587, 1, 65_535, 0, 65_536, 1.5, NaN, Infinity, '587', -1)
const security = fc.constantFrom<unknown>('starttls', 'implicit', 'none', 'tls', true)
const partly = <T extends object>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }) => fc.record(model, { requiredKeys: [] })

const usual = partly({
  host,
  port,
  security,
  auth: fc.oneof(partly({ user: text, pass: secret, accessToken: secret }), fc.anything()),
  tls: fc.oneof(
    partly({
      ca: fc.constantFrom<unknown>(pem, [pem, Buffer.from(pem)], Buffer.from(pem), 'x', [], [1], null),
      fingerprints: fc.constantFrom<unknown>([`sha256:${'0a'.repeat(32)}`], [`sha256:${'0A'.repeat(32)}`], ['x'], [], `sha256:${'0a'.repeat(32)}`, [1], null),
      servername: host,
      minVersion: fc.constantFrom('TLSv1.2', 'TLSv1.3', 'TLSv1'),
      maxVersion: fc.constantFrom('TLSv1.3', 'SSLv3'),
      rejectUnauthorized: fc.constantFrom<unknown>(true, false, 'no'),
    }),
    fc.anything(),
  ),
  clientName: fc.constantFrom('app.example.com', '[127.0.0.1]', 'a_b', ''),
  candidates: fc.oneof(fc.array(partly({ port, security }), { maxLength: 18 }), fc.anything()),
  policy: fc.anything(),
})

it('accepts nothing that the schema would reject, with the same result', () => {
  fc.assert(
    fc.property(fc.oneof(usual, fc.dictionary(fc.constantFrom('host', 'port', 'auth', '__proto__', 'constructor'), fc.anything())), (value) => {
      if (!isPlainlyValid(value)) return
      expect(settingsSchema().safeParse(value)).toEqual({ success: true, data: value })
    }),
    { numRuns: 5_000 },
  )
})

it('accepts no alternative spellings', () => {
  fc.assert(
    fc.property(usual, (value) => {
      if (!isPlainlyValid(value)) return
      expect(normalise(value)).toEqual({ value, issues: [] })
    }),
    { numRuns: 5_000 },
  )
})

it.each([
  { host: 'smtp.example.com' },
  { host: 'smtp.example.com', port: 587, auth: { user: 'ada', pass: 'secret' } },
  { host: '::1', security: 'starttls', auth: { user: 'ada', accessToken: () => 'token' }, tls: { ca: [pem], minVersion: 'TLSv1.3' } },
  { host: 'localhost', candidates: [{ port: 587, security: 'starttls' }], clientName: '[127.0.0.1]' },
])('accepts common settings: %j', (value) => {
  expect(isPlainlyValid(value)).toBe(true)
})
