import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Credentials } from '../settings/settings.ts'
import { mechanisms } from './sasl.ts'
import { createSaslLogin, type LoginStep } from './sasl-login.ts'

const endpoint = { host: 'smtp.example.com', port: 587, security: 'starttls' } as const
const talk = (auth: Credentials, offered: readonly string[] | undefined) => createSaslLogin(auth, { offered, endpoint })
const base64 = (text: string) => Buffer.from(text).toString('base64')
const lengths = Array.from({ length: 600 }, (_, length) => length)
/** The first line of a login with a token of this length. */
const firstLine = (mechanism: string, length: number) => (talk({ user: 'a', accessToken: 't'.repeat(length) }, [mechanism])() as { send: string }).send
const challenge = (text: string) => `334 ${base64(text)}`

type Exchange = readonly [mechanism: string, auth: Credentials, sent: readonly string[], prompts: readonly string[]]

const exchanges: readonly Exchange[] = [
  // RFC 4616 §4
  ['PLAIN', { user: 'tim', pass: 'tanstaaftanstaaf' }, [`AUTH PLAIN ${base64('\0tim\0tanstaaftanstaaf')}`], []],
  ['PLAIN', { user: 'dürst', pass: 'pä:ß✓' }, [`AUTH PLAIN ${base64('\0dürst\0pä:ß✓')}`], []],
  // A server that ignores the initial response.
  ['PLAIN', { user: 'tim', pass: 'x' }, [`AUTH PLAIN ${base64('\0tim\0x')}`, base64('\0tim\0x')], ['334 ']],
  ['LOGIN', { user: 'tim', pass: 'x' }, ['AUTH LOGIN', 'dGlt', 'eA=='], ['334 VXNlcm5hbWU6', '334 UGFzc3dvcmQ6']],
  ['LOGIN', { user: 'tim', pass: 'x' }, ['AUTH LOGIN', 'dGlt', 'eA=='], ['334 whatever', '334']],
  // RFC 2195 §2
  [
    'CRAM-MD5',
    { user: 'tim', pass: 'tanstaaftanstaaf' },
    ['AUTH CRAM-MD5', 'dGltIGI5MTNhNjAyYzdlZGE3YTQ5NWI0ZTZlNzMzNGQzODkw'],
    ['334 PDE4OTYuNjk3MTcwOTUyQHBvc3RvZmZpY2UucmVzdG9uLm1jaS5uZXQ+'],
  ],
  [
    'XOAUTH2',
    { user: 'someuser@example.com', accessToken: 'ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg' },
    [
      'AUTH XOAUTH2 dXNlcj1zb21ldXNlckBleGFtcGxlLmNvbQFhdXRoPUJlYXJlciB5YTI5LnZGOWRmdDRxbVRjMk52YjNSbGNrQmhkSFJoZG1semRHRXVZMjl0Q2cBAQ==',
    ],
    [],
  ],
  // RFC 7628 §4.1, without host and port, which are optional.
  [
    'OAUTHBEARER',
    { user: 'user@example.com', accessToken: 'vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==' },
    [`AUTH OAUTHBEARER ${base64('n,a=user@example.com,\u0001auth=Bearer vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==\u0001\u0001')}`],
    [],
  ],
  ['OAUTHBEARER', { user: 'a=b,c', accessToken: 't' }, [`AUTH OAUTHBEARER ${base64('n,a=a=3Db=2Cc,\u0001auth=Bearer t\u0001\u0001')}`], []],
]

describe('a login', () => {
  it('has an exchange for each mechanism', () => {
    expect([...new Set(exchanges.map(([mechanism]) => mechanism))]).toEqual(Object.keys(mechanisms))
  })

  it.each(exchanges)('with %s sends what the standard defines (%o)', (mechanism, auth, sent, prompts) => {
    const next = talk(auth, [mechanism])
    expect(next()).toEqual({ send: sent[0] })
    for (const [index, prompt] of prompts.entries()) expect(next(prompt)).toEqual({ send: sent[index + 1] })
    expect(next('235 2.7.0 accepted')).toEqual({ accepted: { mechanism } })
  })

  it.each(['XOAUTH2', 'OAUTHBEARER'])('with %s sends an initial response that is too long for the command after an empty challenge (RFC 4954 §4)', (mechanism) => {
    const longest = lengths.findLast((length) => firstLine(mechanism, length) !== `AUTH ${mechanism}`)!
    // 512 octets with CR LF (RFC 5321 §4.5.3.1.4); base64 comes in groups of four.
    expect(510 - firstLine(mechanism, longest).length).toBeLessThan(4)
    const token = 't'.repeat(longest + 1)
    const next = talk({ user: 'a', accessToken: token }, [mechanism])
    expect(next()).toEqual({ send: `AUTH ${mechanism}` })
    const step = next('334 ') as { send: string }
    expect(Buffer.from(step.send, 'base64').toString()).toContain(token)
    expect(next('235 2.7.0 accepted')).toEqual({ accepted: { mechanism } })
  })

  it('sends nothing of a long response to a server that refuses the mechanism', () => {
    const next = talk({ user: 'a', accessToken: 't'.repeat(2_000) }, ['XOAUTH2'])
    next()
    expect(next('504 5.5.4 no')).toMatchObject({ failure: { code: 'auth-mechanism' } })
  })

  it.each(['334 PDE4*', '334 =AAA', '334 AAA=BBB', '334 <1896.69@postoffice>'])('with CRAM-MD5 is cancelled at a challenge that is not base64: %s (RFC 4954 §4)', (reply) => {
    for (const end of ['501 5.7.0 cancelled', '535 5.7.8 no', '235 2.7.0 accepted', '334 ']) {
      const next = talk({ user: 'tim', pass: 'x' }, ['CRAM-MD5'])
      next()
      expect(next(reply)).toEqual({ send: '*' })
      expect(next(end)).toMatchObject({ failure: { code: 'protocol-error', stage: 'auth' } })
    }
  })

  it('with CRAM-MD5 answers a challenge of 12,000 octets (RFC 4954 §4)', () => {
    const next = talk({ user: 'tim', pass: 'x' }, ['CRAM-MD5'])
    next()
    expect(next(`334 ${'QUFB'.repeat(3_000)}`)).toEqual({ send: expect.stringMatching(/^[A-Za-z0-9+/=]{48,}$/) })
  })

  it.each<[string, Credentials, string]>([
    ['XOAUTH2', { user: 'a', accessToken: 't' }, ''],
    ['OAUTHBEARER', { user: 'a', accessToken: 't' }, base64('\u0001')],
  ])('with %s answers the challenge that contains the reason, then fails with the refusal (RFC 7628 §3.2.3)', (mechanism, auth, dismissal) => {
    const next = talk(auth, [mechanism])
    next()
    expect(next(challenge('{"status":"401"}'))).toEqual({ send: dismissal })
    expect(next('535 5.7.8 no')).toMatchObject({ failure: { code: 'auth-rejected', stage: 'auth', replyCode: 535, enhancedCode: '5.7.8' } })
  })

  it('uses only mechanisms that are offered and fit the credentials', () => {
    const names = ['PLAIN', 'LOGIN', 'CRAM-MD5', 'XOAUTH2', 'OAUTHBEARER', 'NTLM', 'GSSAPI', 'SCRAM-SHA-256']
    const credentials = fc.constantFrom<Credentials>({ user: 'a', pass: 'b' }, { user: 'a', accessToken: 'b' })
    const forPassword = new Set(['PLAIN', 'LOGIN', 'CRAM-MD5'])
    const forToken = new Set(['XOAUTH2', 'OAUTHBEARER'])
    fc.assert(
      fc.property(fc.subarray(names), credentials, (offered, auth) => {
        const fitting = offered.filter((name) => ('pass' in auth ? forPassword : forToken).has(name))
        const step = talk(auth, offered)()
        const outcome = 'send' in step ? step.send.split(' ')[1] : 'failure' in step ? step.failure.code : undefined
        const refusal = offered.length > 0 ? 'auth-mechanism' : 'auth-not-offered'
        expect(fitting.length > 0 ? fitting : [refusal]).toContain(outcome)
      }),
    )
  })

  it('names the offered mechanisms, and no other text from the server', () => {
    const step = talk({ user: 'a', pass: 'b' }, ['XOAUTH2', 'GSSAPI', '\u001b[2J', 'you@evil'])() as { failure: { message: string } }
    expect(step.failure.message).toContain('XOAUTH2, GSSAPI')
    expect(step.failure.message).not.toContain('evil')
    expect(step.failure.message).not.toContain('\u001b')
  })

  it.each([undefined, []])('does not start if none is offered (%j)', (offered) => {
    expect(talk({ user: 'a', pass: 'b' }, offered)()).toMatchObject({ failure: { code: 'auth-not-offered', stage: 'auth' } })
  })

  it('ends after one attempt, whatever replies follow', () => {
    for (const end of ['535 no', '235 yes', '454 later', 'nonsense', '334 a\r\n334 b']) {
      const next = talk({ user: 'a', pass: 'b' }, ['PLAIN'])
      next()
      let last: LoginStep = next(end)
      while ('send' in last) last = next(end)
      for (const more of ['235 2.7.0 accepted', '334 ', undefined]) expect(next(more)).toBe(last)
    }
  })

  it('rejects a challenge beyond those of its mechanism', () => {
    const next = talk({ user: 'a', pass: 'b' }, ['LOGIN'])
    next()
    next('334 ')
    next('334 ')
    expect(next('334 ')).toMatchObject({ failure: { code: 'protocol-error', replyCode: 334 } })
  })

  it('sends one line at a time without a line break, for any credentials', () => {
    const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 12 })
    fc.assert(
      fc.property(text, text, fc.constantFrom('PLAIN', 'LOGIN', 'CRAM-MD5'), (user, pass, mechanism) => {
        const next = talk({ user, pass }, [mechanism])
        const sent: string[] = []
        for (let step = next(); 'send' in step; step = next('334 PGFAYj4=')) sent.push(step.send)
        expect(sent.length).toBeLessThanOrEqual(3)
        expect(sent.join('')).toMatch(/^[\x20-\x7e]*$/)
      }),
    )
  })

  it('accepts a reply of several lines, and lines that end in LF', () => {
    const next = talk({ user: 'a', pass: 'b' }, ['PLAIN'])
    next()
    expect(next('535-5.7.8 no\n535 5.7.8 really')).toMatchObject({ failure: { code: 'auth-rejected', enhancedCode: '5.7.8' } })
  })
})
