import { type Fault, type NominalPort, type Provider, startProvider } from '@postern/testing'
import { text } from 'node:stream/consumers'
import type { MailMessage } from 'nodemailer'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { failureOf, impatient, letter, mailerFor, modes, unhurried } from '../test/mail.ts'

const silentFaults: ReadonlySet<Fault> = new Set(['silent', 'starttls-hangs'])

/** Faults before anything of the message or the login was sent. */
const beforeLogin: readonly Fault[] = [
  'refuse',
  'black-hole',
  'silent',
  'reset',
  'bad-banner',
  'http-banner',
  'greeting-rejected',
  'greeting-deferred',
  'greeting-flood',
  'ehlo-rejected',
  'ehlo-endless',
  'no-starttls',
  'starttls-refused',
  'starttls-injection',
  'starttls-hangs',
  'tls-outdated',
  'plain-implicit',
  'bad-certificate',
  'certificate-expired',
  'certificate-not-yet-valid',
  'certificate-name',
  'auth-not-offered',
]

/** Refusals of a server, with code, stage and whether a later attempt may succeed. */
const spoken: readonly [Fault, { readonly code: string; readonly reason?: string; readonly stage: string; readonly responseCode: number; readonly retryable: boolean }][] = [
  ['auth-rejected', { code: 'auth-rejected', stage: 'auth', responseCode: 535, retryable: false }],
  ['auth-echo', { code: 'auth-rejected', stage: 'auth', responseCode: 535, retryable: false }],
  ['auth-app-password', { code: 'auth-rejected', reason: 'app-password-required', stage: 'auth', responseCode: 534, retryable: false }],
  ['auth-basic-disabled', { code: 'auth-rejected', reason: 'basic-auth-disabled', stage: 'auth', responseCode: 535, retryable: false }],
  ['auth-temporary', { code: 'auth-temporary', stage: 'auth', responseCode: 454, retryable: true }],
  ['sender-rejected', { code: 'sender-rejected', stage: 'mail', responseCode: 550, retryable: false }],
  ['recipient-rejected', { code: 'recipient-rejected', stage: 'rcpt', responseCode: 550, retryable: false }],
  ['message-rejected', { code: 'message-rejected', stage: 'data', responseCode: 554, retryable: false }],
  ['message-deferred', { code: 'message-rejected', stage: 'data', responseCode: 451, retryable: true }],
]

describe.each(modes)('a delivery, $mode', ({ pool }) => {
  let provider: Provider
  let sent = 0
  beforeAll(async () => {
    provider = await startProvider()
  })
  afterAll(() => provider.close())
  beforeEach(async () => {
    for (const port of [587, 2525, 465] as const) await provider.heal(port)
    sent = provider.messages.length
  })
  const arrived = () => provider.messages.slice(sent)
  const loginsSince = (before: number): NominalPort[] => provider.logins.slice(before).map(({ port }) => port)
  const open = (selection = unhurried) => mailerFor(provider.settings, { pool, selection })

  it('does not change the message', async () => {
    const mailer = open()
    const mails: MailMessage[] = []
    mailer.use('stream', (mail, done) => {
      mails.push(mail)
      done()
    })
    const { signal } = new AbortController()
    await mailer.sendMail({ ...letter, signal })
    await mailer.sendMail(letter)
    await provider.fault(587, 'message-rejected')
    await failureOf(mailer.sendMail({ ...letter, signal }))
    expect(mails.map(({ data }) => data.signal)).toEqual([signal, undefined, signal])
    for (const { message } of mails) expect(Object.hasOwn(message, 'createReadStream')).toBe(false)
    expect(await text(mails[0]!.message.createReadStream())).toMatch(/\r\n\r\nA few words\.\r\n$/)
  })

  it('uses 587 while it works', async () => {
    await open().sendMail(letter)
    expect(arrived()).toMatchObject([{ port: 587, secure: true, user: provider.auth.user }])
  })

  it.each(beforeLogin)('falls back to 2525 with TLS if 587 has the fault %s', async (fault) => {
    const logins = provider.logins.length
    await provider.fault(587, fault)
    await open(impatient).sendMail(letter)
    expect(arrived()).toMatchObject([{ port: 2525, secure: true, user: provider.auth.user }])
    expect(loginsSince(logins)).toEqual([2525])
  })

  it.each(beforeLogin.filter((fault) => !silentFaults.has(fault)))('falls back to 465 if both others have the fault %s', async (fault) => {
    await Promise.all([provider.fault(587, fault), provider.fault(2525, fault)])
    await open(impatient).sendMail(letter)
    expect(arrived()).toMatchObject([{ port: 465, secure: true, user: provider.auth.user }])
  })

  it('rejects with every attempt if no port works', async () => {
    await Promise.all([provider.fault(587, 'reset'), provider.fault(2525, 'certificate-expired'), provider.fault(465, 'auth-not-offered')])
    const error = await failureOf(open().sendMail(letter))
    expect(error).toMatchObject({ code: 'no-usable-endpoint', delivery: 'not-accepted', retryable: true })
    const codes = new Map(error.attempts.map(({ endpoint, failure }) => [endpoint.port, failure?.code]))
    expect(codes.get(provider.ports[587])).toBe('connection-lost')
    expect(codes.get(provider.ports[2525])).toBe('certificate-expired')
    expect(codes.get(provider.ports[465])).toBe('auth-not-offered')
    expect(arrived()).toEqual([])
  })

  it('never sends without the login if no port offers one', async () => {
    for (const port of [587, 2525, 465] as const) await provider.fault(port, 'auth-not-offered')
    const error = await failureOf(open().sendMail(letter))
    expect(error).toMatchObject({ code: 'no-usable-endpoint', delivery: 'not-accepted' })
    expect(error.attempts.map(({ failure }) => failure?.code)).toEqual(['auth-not-offered', 'auth-not-offered', 'auth-not-offered'])
    expect(arrived()).toEqual([])
  })

  it.each(spoken)('does not retry after %s', async (fault, expected) => {
    const logins = provider.logins.length
    const elsewhere = provider.connections[2525] + provider.connections[465]
    await provider.fault(587, fault)
    const error = await failureOf(open().sendMail(letter))
    expect(error).toMatchObject({ ...expected, delivery: 'not-accepted' })
    expect(error.advice).not.toBe('')
    expect(arrived()).toEqual([])
    expect(loginsSince(logins)).toEqual([587])
    expect(provider.connections[2525] + provider.connections[465]).toBe(elsewhere)
  })

  it('repeats a login without a reply once, on the next port', async () => {
    const logins = provider.logins.length
    await provider.fault(587, 'auth-drops')
    await open().sendMail(letter)
    expect(arrived()).toMatchObject([{ port: 2525 }])
    expect(loginsSince(logins)).toEqual([587, 2525])
  })

  it('does not repeat a login without a reply a second time', async () => {
    const logins = provider.logins.length
    for (const port of [587, 2525, 465] as const) await provider.fault(port, 'auth-drops')
    const error = await failureOf(open().sendMail(letter))
    expect(error).toMatchObject({ code: 'connection-lost', stage: 'auth', delivery: 'not-accepted', retryable: true })
    expect(loginsSince(logins)).toEqual([587, 2525])
  })

  it('has the attempt with a login without a reply in the error if no other port works', async () => {
    await Promise.all([provider.fault(587, 'auth-drops'), provider.fault(2525, 'refuse'), provider.fault(465, 'refuse')])
    const error = await failureOf(open().sendMail(letter))
    expect(error).toMatchObject({ code: 'no-usable-endpoint', delivery: 'not-accepted', retryable: true })
    expect(error.attempts.map(({ failure }) => failure?.code)).toEqual(['connection-lost', 'connect-refused', 'connect-refused'])
  })

  it('treats endless challenges as no reply', async () => {
    await provider.fault(587, 'auth-endless')
    await open().sendMail(letter)
    expect(arrived()).toMatchObject([{ port: 2525 }])
  })

  it('falls back if the connection is lost at MAIL', async () => {
    await provider.fault(587, 'drops-at-mail')
    await open().sendMail(letter)
    expect(arrived()).toMatchObject([{ port: 2525 }])
  })

  it('sends a file again over the next port if the connection is lost during it', async () => {
    await provider.fault(587, 'drops-in-body')
    const content = Buffer.alloc(3_000_000, 'x')
    await open().sendMail({ ...letter, attachments: [{ content }] })
    expect(arrived()).toMatchObject([{ port: 2525 }])
    expect(arrived()[0]!.raw.replace(/\s/g, '')).toContain(content.toString('base64'))
  })

  it('has the outcome unknown, and does not retry, if the connection is lost after the message', async () => {
    const elsewhere = provider.connections[2525]
    await provider.fault(587, 'drops-after-body')
    const error = await failureOf(open().sendMail(letter))
    expect(error).toMatchObject({ code: 'connection-lost', stage: 'message', delivery: 'unknown', retryable: false })
    expect(arrived()).toHaveLength(1)
    expect(provider.connections[2525]).toBe(elsewhere)
  })

  it('has the outcome unknown if the deadline passes after the message', async () => {
    await provider.fault(587, 'hangs-after-body')
    const mailer = mailerFor(provider.settings, { pool, deadline: 900 })
    const error = await failureOf(mailer.sendMail(letter))
    expect(error).toMatchObject({ code: 'deadline', stage: 'message', delivery: 'unknown', retryable: false })
    expect(arrived()).toHaveLength(1)
  })
})
