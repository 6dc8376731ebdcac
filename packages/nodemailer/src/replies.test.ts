import { startProvider } from '@postern/testing'
import { describe, expect, it } from 'vitest'
import { failureOf, letter, mailerFor, modes } from '../test/mail.ts'

describe.each(modes)('what the server says, $mode', ({ pool }) => {
  it('that it wants a login is auth-required', async () => {
    await using provider = await startProvider()
    const { host, tls, candidates } = provider.settings
    const error = await failureOf(mailerFor({ host, tls, candidates }, { pool }).sendMail(letter))
    expect(error).toMatchObject({ code: 'auth-required', stage: 'mail', responseCode: 530, retryable: false, permanent: true, cause: { code: 'EENVELOPE' } })
    expect(error.advice).toContain('auth.user')
  })

  it('about a limit comes with the time to wait, and no other port is tried', async () => {
    await using provider = await startProvider({ limits: { rate: { messages: 1, window: 3_600_000, reply: '550 5.7.0 Too many emails, try again in 1 hour' } } })
    const mailer = mailerFor(provider.settings, { pool })
    await mailer.sendMail(letter)
    const error = await failureOf(mailer.sendMail(letter))
    expect(error).toMatchObject({ code: 'rate-limited', stage: 'mail', responseCode: 550, retryable: true, permanent: false, retryAfter: 3_600_000, cause: { code: 'EENVELOPE' } })
    expect(provider.connections).toMatchObject({ 2525: 0, 465: 0 })
  })

  it('in plaintext below TLS is a protocol-error', async () => {
    await using provider = await startProvider({ faults: { 587: 'plain-at-mail', 2525: 'refuse', 465: 'refuse' } })
    const error = await failureOf(mailerFor(provider.settings, { pool, deadline: 2_000 }).sendMail(letter))
    expect(error.attempts[0]).toMatchObject({ failure: { code: 'protocol-error', stage: 'mail', systemCode: 'ERR_SSL_WRONG_VERSION_NUMBER' } })
    expect(error.delivery).toBe('not-accepted')
  })

  it.each(['ehlo-literal-refused', 'ehlo-domain-refused'] as const)('about the EHLO name is cured by another one on the same port: %s', async (fault) => {
    await using provider = await startProvider({ users: { ada: 'secret' }, faults: { 587: fault } })
    await mailerFor(provider.settings, { pool }).sendMail(letter)
    expect(provider.messages).toMatchObject([{ port: 587, user: 'ada' }])
    expect(provider.connections).toMatchObject({ 2525: 0, 465: 0 })
  })
})

it('gives a limit at the greeting to a message that does not wait', async () => {
  await using provider = await startProvider({ faults: { 587: 'rate-limited' } })
  const error = await failureOf(mailerFor(provider.settings).sendMail(letter))
  expect(error).toMatchObject({ code: 'rate-limited', stage: 'greeting', responseCode: 421, retryAfter: 60_000, retryable: true, diagnosis: { code: 'rate-limited', retryAfter: 60_000 } })
  expect(error.attempts).toHaveLength(1)
})
