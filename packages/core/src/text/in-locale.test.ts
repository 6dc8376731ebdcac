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
import { inLocale } from './in-locale.ts'
import { type Locale, locales } from './index.ts'

const endpoint = { host: 'smtp.example.com', port: 587, security: 'starttls' } as const
const accepts = { provider: 'Gmail', kinds: ['app-password', 'oauth2'] } as const
const values = { seconds: 10, version: 'TLSv1.2', names: 'mx.example.net', mechanisms: 'PLAIN', fingerprint: 'AB:CD', source: 'auth.pass' }
const facts: Omit<FailureFacts, 'code'> = { stage: 'connect', replyCode: 450, enhancedCode: '4.7.1', retryAfter: 60_000, accepts, values }
const failureIn = (locale: Locale, more: Pick<FailureFacts, 'code'> & Partial<FailureFacts>) => describeFailure({ ...facts, ...more }, endpoint, locale)

/** Expects that something described in any language becomes, in any other, what it is if it is described there. */
function expectTranslations(describeIn: (locale: Locale) => object): void {
  for (const from of locales) {
    const described = describeIn(from)
    for (const to of locales) {
      const translated = inLocale(described, to)
      expect(translated).toEqual(describeIn(to))
      if (to === from) expect(translated).toBe(described)
      else expect(JSON.stringify(translated)).not.toBe(JSON.stringify(described))
      expect(inLocale(translated, to)).toBe(translated)
      expect(inLocale(translated, from)).toEqual(described)
    }
  }
}

describe('a failure', () => {
  it.each(Object.keys(en.failures) as FailureCode[])('with the code %s is translated', (code) => {
    expectTranslations((locale) => failureIn(locale, { code }))
  })

  it.each(Object.keys(en.reasons) as FailureReason[])('with the reason %s is translated', (reason) => {
    expectTranslations((locale) => failureIn(locale, { code: 'auth-rejected', stage: 'auth', reason }))
  })

  it.each([true, false])('of a lost connection is translated, whether the message may have been accepted: %s', (mayBeAccepted) => {
    expectTranslations((locale) => lossOf('message', new SmtpError({ code: 'reply-timeout', values }), mayBeAccepted, endpoint, locale))
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

describe('the sentences of a function that has no secret', () => {
  const init = { code: 'vault-sealed', message: 'The vault is sealed.', advice: 'Unseal it.', retryable: true }
  const described = (locale: Locale, source: SecretError) => failureIn(locale, { code: 'auth-temporary', stage: 'auth', source })

  it('stay as they are, and the others are translated', () => {
    const source = new SecretError(init)
    expectTranslations((locale) => described(locale, source))
    expect(inLocale(described('en', source), 'de').message).toMatch(/^Der Server .* The vault is sealed\.$/)
  })

  it('are translated if the function has them in several languages', () => {
    const german = { message: 'Der Tresor ist versiegelt.', advice: 'Entsiegeln.' }
    const source = new SecretError({ ...init, translate: (locale) => (locale === 'de' ? german : init) })
    expect(inLocale(described('en', source), 'de').message).toMatch(/^Der Server .* Der Tresor ist versiegelt\.$/)
    expect(described('fr', source).advice).toContain('Unseal it.')
  })

  it('stay as they are if their translation throws', () => {
    const source = new SecretError({ ...init, translate: () => { throw new Error('no such language') } })
    expect(described('de', source).message).toContain('The vault is sealed.')
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
    expectTranslations(diagnosisIn)
    expectTranslations((locale) => diagnose(new NoUsableEndpointError(attemptsIn(locale, codes), diagnosisIn(locale))))
    // Attempts in another language.
    expect(diagnoseAttempts(host, attemptsIn('en', codes), { locale: 'de', env })).toEqual(diagnosisIn('de'))
  })
})

const now = Date.UTC(2026, 0, 1)
const tls = { certificate: { validTo: new Date(now + 3 * 24 * 3_600_000) } } as TlsReport
const lower = { ...endpoint, port: 2525 }

it('the finding of a certificate that expires soon is translated', () => {
  expectTranslations((locale) => certificateExpiring(endpoint, tls, now, locale)!)
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
    for (const from of locales) {
      for (const to of locales) {
        const translated = inLocale(reportIn(from), to)
        expect(translated).toEqual(reportIn(to))
        expect(inLocale(translated, to)).toBe(translated)
        expect(observedHealth(stateInLocale(stateIn(from), to), { locale: to, now })).toEqual(reportIn(to))
      }
    }
  })
})

it('returns the same object if core has not made it', () => {
  const failure = failureIn('en', { code: 'connection-lost' })
  for (const other of [{ ...failure }, structuredClone(failure), JSON.parse(JSON.stringify(failure)) as object]) {
    expect(inLocale(other, 'de')).toBe(other)
    expect(other).toEqual(failure)
  }
})
