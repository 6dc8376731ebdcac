import { describe, expect, it } from 'vitest'
import { type Capabilities, describeOffer } from './capabilities.ts'

const none: Capabilities = {
  size: undefined,
  auth: [],
  startTls: false,
  pipelining: false,
  eightBitMime: false,
  smtpUtf8: false,
  dsn: false,
  chunking: false,
  requireTls: false,
  enhancedStatusCodes: false,
  limits: undefined,
  keywords: {},
}

describe('describeOffer()', () => {
  it.each<[line: string, means: Partial<Capabilities>]>([
    ['SIZE 35882577', { size: 35_882_577 }],
    ['SIZE', { size: undefined }],
    ['SIZE 0', { size: undefined }],
    ['SIZE 0x10', { size: undefined }],
    ['SIZE 1e3', { size: undefined }],
    ['SIZE -1', { size: undefined }],
    [`SIZE ${'9'.repeat(400)}`, { size: undefined }],
    ['AUTH PLAIN Login xoauth2', { auth: ['PLAIN', 'LOGIN', 'XOAUTH2'] }],
    ['AUTH=PLAIN LOGIN', { auth: ['PLAIN', 'LOGIN'] }],
    ['AUTH', { auth: [] }],
    ['starttls', { startTls: true }],
    ['PIPELINING', { pipelining: true }],
    ['PipeLining', { pipelining: true }],
    ['XPIPELINING', { pipelining: false }],
    ['8BITMIME', { eightBitMime: true }],
    ['SMTPUTF8', { smtpUtf8: true }],
    ['DSN', { dsn: true }],
    ['CHUNKING', { chunking: true }],
    ['REQUIRETLS', { requireTls: true }],
    ['ENHANCEDSTATUSCODES', { enhancedStatusCodes: true }],
    ['LIMITS MAILMAX=100 RCPTMAX=1000 RCPTDOMAINMAX=5', { limits: { mailMax: 100, rcptMax: 1000, rcptDomainMax: 5 } }],
    ['LIMITS rcptmax=20', { limits: { mailMax: undefined, rcptMax: 20, rcptDomainMax: undefined } }],
    ['LIMITS X-RCPTMAX=20 MAILMAX=x1 RCPTDOMAINMAX=', { limits: { mailMax: undefined, rcptMax: undefined, rcptDomainMax: undefined } }],
    ['LIMITS', { limits: { mailMax: undefined, rcptMax: undefined, rcptDomainMax: undefined } }],
  ])('"%s"', (line, means) => {
    const { keywords, ...rest } = describeOffer([line], String)
    expect({ ...rest, keywords: {} }).toEqual({ ...none, ...means })
    expect(Object.keys(keywords)).toEqual([expect.stringMatching(/^[A-Z0-9]+$/)])
  })

  it('returns no capability for an empty offer', () => {
    expect(describeOffer(['', '  '], String)).toEqual(none)
  })

  it('keeps parameters unchanged, and merges lines with the same keyword', () => {
    expect(describeOffer(['Burl imap', 'AUTH PLAIN', 'auth Login\tCRAM-MD5'], String).keywords).toEqual({
      BURL: ['imap'],
      AUTH: ['PLAIN', 'Login', 'CRAM-MD5'],
    })
  })

  it('allows keywords named like inherited properties', () => {
    const { keywords } = describeOffer(['__proto__ x', 'constructor'], String)
    expect(JSON.stringify(keywords)).toBe('{"__PROTO__":["x"],"CONSTRUCTOR":[]}')
  })
})
