import { describe, expect, it } from 'vitest'
import { diagnose } from '../failure/diagnose.ts'
import { describeFailure, type FailureCode, type FailureFacts, type FailureReason, type Stage } from '../failure/failure.ts'
import { SmtpError } from '../failure/smtp-error.ts'
import { observedHealth } from '../health/report.ts'
import { certificateExpiring } from '../rules/certificate-expiring.ts'
import { diagnoseAttempts } from '../selection/diagnosis.ts'
import { NoUsableEndpointError } from '../selection/no-usable-endpoint-error.ts'
import type { SelectorState } from '../selection/selector-state.ts'
import { stateInLocale } from '../selection/state-in-locale.ts'
import { SecretError } from '../settings/secret-error.ts'
import type { TlsReport } from '../smtp/tls-report.ts'
import { lossOf } from '../submission/verdict.ts'
import { en } from './en.ts'
import { inLocale } from './translatable.ts'
import { type Locale, locales } from './index.ts'

const endpoint = { host: 'smtp.example.com', port: 587, security: 'starttls' } as const
const accepts = { provider: 'Gmail', kinds: ['app-password', 'oauth2'] } as const
const values = { seconds: 10, version: 'TLSv1.2', names: 'mx.example.net', mechanisms: 'PLAIN', fingerprint: 'AB:CD', source: 'auth.pass' }
const facts: Omit<FailureFacts, 'code'> = { stage: 'connect', replyCode: 450, enhancedCode: '4.7.1', retryAfter: 60_000, accepts, values }
const failureIn = (locale: Locale, more: Pick<FailureFacts, 'code'> & Partial<FailureFacts>) => describeFailure({ ...facts, ...more }, endpoint, locale)

const pairs = locales.flatMap((from) => locales.map((to) => ({ from, to })))
/** What is described in each language, in each language. */
const translated = (describeIn: (locale: Locale) => object) => pairs.map(({ from, to }) => inLocale(describeIn(from), to))
/** The same, described in these languages. */
const direct = (describeIn: (locale: Locale) => object) => pairs.map(({ to }) => describeIn(to))

describe('a failure', () => {
  it.each(Object.keys(en.failures) as FailureCode[])('with the code %s is translated', (code) => {
    const describeIn = (locale: Locale) => failureIn(locale, { code })
    expect(translated(describeIn)).toEqual(direct(describeIn))
  })

  it.each(Object.keys(en.reasons) as FailureReason[])('with the reason %s is translated', (reason) => {
    const describeIn = (locale: Locale) => failureIn(locale, { code: 'auth-rejected', stage: 'auth', reason })
    expect(translated(describeIn)).toEqual(direct(describeIn))
  })

  it.each([true, false])('of a lost connection is translated, whether the message may have been accepted: %s', (mayBeAccepted) => {
    const describeIn = (locale: Locale) => lossOf('message', new SmtpError({ code: 'reply-timeout', values }), mayBeAccepted, endpoint, locale)
    expect(translated(describeIn)).toEqual(direct(describeIn))
  })

  it('that an error already has is in the language that diagnose() is asked for, and in its own without one', () => {
    const failure = failureIn('de', { code: 'connection-lost' })
    const error = Object.assign(new Error('lost'), { failure })
    expect(diagnose(error)).toBe(failure)
    expect(diagnose(error, { locale: 'fr' })).toEqual(failureIn('fr', { code: 'connection-lost' }))
  })

  it('has the same properties as without translation', () => {
    const failure = failureIn('en', { code: 'rate-limited' })
    expect(Reflect.ownKeys(failure)).toEqual(['code', 'stage', 'message', 'advice', 'retryAfter', 'replyCode', 'enhancedCode'])
  })
})

const init = { code: 'vault-sealed', message: 'The vault is sealed.', advice: 'Unseal it.', retryable: true }
const withoutSecret = (locale: Locale, source: SecretError) => failureIn(locale, { code: 'auth-temporary', stage: 'auth', source })

describe('the sentences of a function that has no secret', () => {
  it('stay as they are, and the others are translated', () => {
    const source = new SecretError(init)
    expect(inLocale(withoutSecret('en', source), 'de').message).toMatch(/^Der Server .* The vault is sealed\.$/)
  })

  it('are translated if the function has them in several languages', () => {
    const german = { message: 'Der Tresor ist versiegelt.', advice: 'Entsiegeln.' }
    const source = new SecretError({ ...init, translate: (locale) => (locale === 'de' ? german : init) })
    expect(inLocale(withoutSecret('en', source), 'de').message).toMatch(/^Der Server .* Der Tresor ist versiegelt\.$/)
    expect(withoutSecret('fr', source).advice).toContain('Unseal it.')
  })

  it('stay as they are if their translation throws', () => {
    const source = new SecretError({ ...init, translate: () => { throw new Error('no such language') } })
    expect(withoutSecret('de', source).message).toContain('The vault is sealed.')
  })
})

/** What failed on 587, 2525 and 465, in this order. */
const attemptsIn = (locale: Locale, codes: readonly FailureCode[]) =>
  codes.map((code, index) => {
    const at = { ...endpoint, port: [587, 2525, 465][index]! }
    const stage: Stage = code.startsWith('auth-') ? 'auth' : 'connect'
    return { endpoint: at, outcome: 'failed' as const, stage, failure: describeFailure({ ...facts, code, stage }, at, locale), startedAt: new Date(0), ms: 1, stages: [] }
  })

const diagnoses: [code: string, codes: FailureCode[], env: NodeJS.ProcessEnv][] = [
  ['network-blocks-smtp', ['connect-timeout', 'greeting-timeout', 'connect-timeout'], {}],
  ['network-blocks-smtp', ['connect-timeout', 'connect-timeout'], { RENDER: 'true' }],
  ['network-blocks-smtp', ['connect-timeout', 'connect-refused', 'connect-timeout'], {}],
  ['nothing-listens', ['connect-refused', 'connect-refused'], {}],
  ['no-secure-port', ['certificate-expired', 'starttls-not-offered'], {}],
  ['mixed', ['connect-refused', 'certificate-name', 'connect-timeout'], {}],
  ['auth-rejected', ['connect-refused', 'auth-rejected'], {}],
  ['rate-limited', ['connect-refused', 'rate-limited'], {}],
  ['dns-not-found', ['dns-not-found', 'dns-not-found'], {}],
  ['no-usable-endpoint', [], {}],
]

describe('a diagnosis', () => {
  it.each(diagnoses)('%s is translated with its parts: %j', (code, codes, env) => {
    const { host } = endpoint
    const diagnosisIn = (locale: Locale) => diagnoseAttempts(host, attemptsIn(locale, codes), { locale, env })
    expect(diagnosisIn('en').code).toBe(code)
    expect(translated(diagnosisIn)).toEqual(direct(diagnosisIn))
    const failureOfLadder = (locale: Locale) => diagnose(new NoUsableEndpointError(attemptsIn(locale, codes), diagnosisIn(locale)))
    expect(translated(failureOfLadder)).toEqual(direct(failureOfLadder))
    // Attempts in another language.
    expect(diagnoseAttempts(host, attemptsIn('en', codes), { locale: 'de', env })).toEqual(diagnosisIn('de'))
  })
})

const now = Date.UTC(2026, 0, 1)
const tls = { certificate: { validTo: new Date(now + 3 * 24 * 3_600_000) } } as TlsReport
const lower = { ...endpoint, port: 2525 }

const findingIn = (locale: Locale) => certificateExpiring(endpoint, tls, now, locale)!

it('the finding of a certificate that expires soon is translated', () => {
  expect(translated(findingIn)).toEqual(direct(findingIn))
})

describe('a health report', () => {
  const at = new Date(now)
  const states: [what: string, stateIn: (locale: Locale) => SelectorState][] = [
    ['a certificate expires', () => ({ endpoint, rungs: [{ endpoint, status: 'up', tls }] })],
    [
      'a lower rung is used',
      (locale) => {
        const failure = failureIn(locale, { code: 'connect-timeout' })
        const lastFallback = { at, endpoint: lower, previous: endpoint, failure }
        return { endpoint: lower, lastFallback, rungs: [{ endpoint, status: 'down', failure, lastFailure: { at, failure } }, { endpoint: lower, status: 'up' }] }
      },
    ],
    ['nothing works', (locale) => ({ endpoint: undefined, exhausted: { at, diagnosis: diagnoseAttempts('h', attemptsIn(locale, ['connect-refused', 'not-smtp']), { locale }) }, rungs: [] })],
    ['the login is refused', (locale) => ({ endpoint, refusedLogin: failureIn(locale, { code: 'auth-rejected' }), rungs: [] })],
  ]

  it.each(states)('is translated with its rungs: %s', (_, stateIn) => {
    const reportIn = (locale: Locale) => observedHealth(stateIn(locale), { locale, now })!
    expect(translated(reportIn)).toEqual(direct(reportIn))
    const observed = pairs.map(({ from, to }) => observedHealth(stateInLocale(stateIn(from), to), { locale: to, now }))
    expect(observed).toEqual(direct(reportIn))
  })
})

it('returns the same object if it is in that language, also after a translation', () => {
  for (const described of [failureIn('en', { code: 'connection-lost' }), diagnoseAttempts('h', [], { locale: 'en' }), findingIn('en')]) {
    expect(inLocale(described, 'en')).toBe(described)
    const german = inLocale(described, 'de')
    expect(inLocale(german, 'de')).toBe(german)
    expect(german).not.toEqual(described)
    expect(inLocale(german, 'en')).toEqual(described)
  }
})

it('returns the same object if core has not made it', () => {
  const failure = failureIn('en', { code: 'connection-lost' })
  for (const other of [{ ...failure }, structuredClone(failure), JSON.parse(JSON.stringify(failure)) as object]) {
    expect(inLocale(other, 'de')).toBe(other)
    expect(other).toEqual(failure)
  }
})
