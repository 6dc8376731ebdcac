import { describe, expect, it } from 'vitest'
import { mailCommand } from './envelope.ts'
import { serverOf } from './server.ts'

describe('MAIL', () => {
  it('writes a character outside the basic plane as its octets in UTF-8 (RFC 3461 §4)', () => {
    const envelope = { from: '', to: ['bob@example.net'], dsn: { envid: 'a\u{1f600}' } }
    expect(mailCommand(envelope, serverOf(['DSN'], true), undefined, false)).toBe('MAIL FROM:<> ENVID=a+F0+9F+98+80')
  })
})
