import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { redact } from './redact.ts'

const pass = 'hunter2+Kumquat/5'
const auth = { user: 'ada', pass }

describe('redact()', () => {
  it.each([
    ['as it stands', `535 no: ${pass}`],
    ['in another case', `535 no: ${pass.toUpperCase()} ${pass.toLowerCase()}`],
    ['percent-encoded', `535 no: ${encodeURIComponent(pass)}`],
    ['percent-encoded in another case', `535 no: ${encodeURIComponent(pass).toLowerCase()}`],
    ['percent-encoded in part', '535 no: hunter2%2BKumqua%74/5'],
    ['as JSON', `535 ${JSON.stringify({ pass })}`],
    ['in base64', `535 no: ${Buffer.from(pass).toString('base64')}`],
    ['in base64 for URLs', `535 no: ${Buffer.from(`\0ada\0${pass}`).toString('base64url')}`],
    ['in an AUTH PLAIN', `535 AUTH PLAIN ${Buffer.from(`\0ada\0${pass}`).toString('base64')} refused`],
    ['in base64 that is glued to a word', `535 X${Buffer.from(pass).toString('base64')}`],
  ])('removes a password %s', (_how, text) => {
    const clean = redact(text, auth)
    expect(clean.toLowerCase()).not.toContain('kumq')
    expect(Buffer.from(clean.slice(4), 'base64').toString('latin1')).not.toContain('Kumq')
    expect(clean).toContain('[hidden]')
    expect(clean.startsWith('535')).toBe(true)
  })

  it('removes it from base64 at every alignment, with any surrounding text', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 8 }), fc.uint8Array({ maxLength: 8 }), (before, after) => {
        const run = Buffer.concat([before, Buffer.from(pass), after]).toString('base64')
        expect(redact(`535 ${run}!`, auth)).toBe('535 [hidden]!')
      }),
    )
  })

  it('removes an access token too', () => {
    expect(redact('535 bad token ya29.abc', { user: 'ada', accessToken: 'ya29.abc' })).toBe('535 bad token [hidden]')
  })

  it('changes nothing else', () => {
    const text = '535 5.7.8 Username and Password not accepted, see https://example.com/a+b_c-d?e=f'
    expect(redact(text, auth)).toBe(text)
    expect(redact(text, undefined)).toBe(text)
    expect(redact(text, { user: 'ada', pass: '' })).toBe(text)
  })

  it('removes any secret from any text, and never throws', () => {
    const anyText = fc.string({ unit: 'binary', minLength: 1, maxLength: 12 })
    fc.assert(
      fc.property(anyText, fc.string(), (secret, around) => {
        const clean = redact(`${around}${secret}${around}`, { user: 'a', pass: secret })
        // The word that stands for a secret may hold a short one.
        expect(clean.replaceAll('[hidden]', '')).not.toContain(secret)
      }),
    )
  })
})
