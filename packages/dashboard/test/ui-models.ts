import { checkSettings, describeFailure, describeSettingsForm, type FailureCode, type Locale, type Stage } from '@postern/core'
import type { PageModel } from '../src/page-model.ts'
import type { AttemptEvent, FailureFacts, Gate, MailerState, TimelineEvent } from '../src/state.ts'
import type { CheckAnswer } from '../src/ui/form/check-result.tsx'
import type { TestMessageAnswer } from '../src/ui/form/test-message.tsx'

/** The clock of every model: no model depends on the time of the test. */
export const now = Date.UTC(2026, 2, 14, 10, 30, 12)
const minute = 60_000
const hour = 60 * minute

/** A state of the page. */
export type ModelName = 'pass' | 'warn' | 'fail' | 'unknown' | 'empty' | 'several' | 'long' | 'many' | 'hostile'

/** Text that would run, or end an element, if it were not escaped. */
export const hostileText = `</script><img src=x onerror="alert(1)"><!--'"&\u2028${'x'.repeat(20)}`

const host = 'smtp.example.com'
const starttls = { port: 587, security: 'starttls' } as const
const alternative = { port: 2525, security: 'starttls' } as const
const implicit = { port: 465, security: 'implicit' } as const
const tls = { protocol: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384', verified: true }

function failureOf(code: FailureCode, stage: Stage, port: number, locale: Locale): FailureFacts {
  const { message, advice } = describeFailure({ code, stage, values: { seconds: 10 } }, { host, port }, locale)
  return { code, stage, message, advice }
}

const stages = (factor: number): AttemptEvent['stages'] => [
  { stage: 'dns', ms: 2.1 * factor },
  { stage: 'connect', ms: 18.4 * factor },
  { stage: 'greeting', ms: 21 * factor },
  { stage: 'ehlo', ms: 19.2 * factor },
  { stage: 'starttls', ms: 18 * factor },
  { stage: 'tls', ms: 44.7 * factor },
  { stage: 'ehlo', ms: 18.8 * factor },
  { stage: 'auth', ms: 61.3 * factor },
]

/** Numbers that look random and are the same each time. */
export function series(seed: number): () => number {
  let value = seed
  return () => (value = (value * 16_807) % 2_147_483_647) / 2_147_483_647
}

type Unnumbered<T> = T extends { readonly id: number } ? Omit<T, 'id'> : never

function numbered(events: readonly Unnumbered<TimelineEvent>[]): TimelineEvent[] {
  return events.toSorted((one, other) => one.at - other.at).map((event, index) => Object.assign(event, { id: index + 1 }))
}

function sends(from: number, to: number, count: number, port: number): Unnumbered<TimelineEvent>[] {
  const random = series(count + port)
  return Array.from({ length: count }, () => ({ kind: 'send' as const, at: Math.round(from + random() * (to - from)), port, outcome: 'accepted' as const, ms: Math.round(90 + random() ** 4 * 1_800) }))
}

const opened = (at: number, port: Pick<AttemptEvent, 'port' | 'security'>, factor = 1): Unnumbered<TimelineEvent> => ({
  kind: 'attempt',
  at,
  ...port,
  outcome: 'used',
  ms: 203 * factor,
  stages: stages(factor),
})

const notOpened = (at: number, port: Pick<AttemptEvent, 'port' | 'security'>, code: FailureCode = 'connect-timeout'): Unnumbered<TimelineEvent> => ({
  kind: 'attempt',
  at,
  ...port,
  outcome: 'failed',
  ms: 10_000,
  stages: [
    { stage: 'dns', ms: 2 },
    { stage: 'connect', ms: 9_998 },
  ],
  code,
})

function gatesOf(states: readonly Partial<Gate>[]): Gate[] {
  return [starttls, alternative, implicit].map((port, index): Gate => Object.assign({ status: 'untried' as const, inUse: false }, port, states[index]))
}

function passing(name = 'default'): MailerState {
  return {
    name,
    host,
    status: 'pass',
    inUse: { ...starttls, since: now - 26 * hour },
    sentLastHour: 1_284,
    failedLastDay: 0,
    certificateDays: 61,
    gates: gatesOf([{ status: 'up', inUse: true, triedAt: now - 4 * minute, tls, certificateDays: 61 }]),
    pool: { queued: 0, pending: 3, connections: 3, maxConnections: 5 },
    failures: [],
    events: numbered([opened(now - 52 * minute, starttls), opened(now - 4 * minute, starttls, 1.3), ...sends(now - 58 * minute, now, 180, 587)]),
  }
}

function fallenBack(locale: Locale): MailerState {
  const failure = failureOf('connect-timeout', 'connect', 587, locale)
  return {
    ...passing(),
    status: 'warn',
    message: failure.message,
    advice: failure.advice,
    inUse: { ...alternative, since: now - 22 * minute },
    sentLastHour: 214,
    failedLastDay: 3,
    gates: gatesOf([
      { status: 'down', triedAt: now - 2 * minute, nextCheckAt: now + 6 * minute, failure, tls, certificateDays: 61 },
      { status: 'up', inUse: true, triedAt: now - 22 * minute, tls: { ...tls, protocol: 'TLSv1.2', cipher: 'ECDHE-RSA-AES128-GCM-SHA256' }, certificateDays: 61 },
    ]),
    pool: { queued: 12, pending: 17, connections: 5, maxConnections: 5 },
    failures: [
      { ...failureOf('reply-timeout', 'message', 587, locale), at: now - 23 * minute, count: 1, port: 587, delivery: 'unknown' },
      { ...failureOf('recipient-rejected', 'rcpt', 587, locale), at: now - 3 * hour, count: 2, port: 587, delivery: 'not-accepted' },
    ],
    events: numbered([
      opened(now - 57 * minute, starttls),
      { kind: 'selected', at: now - 57 * minute, ...starttls },
      ...sends(now - 56 * minute, now - 24 * minute, 130, 587),
      { kind: 'send', at: now - 40 * minute, port: 587, outcome: 'not-accepted', ms: 160, code: 'recipient-rejected' },
      { kind: 'send', at: now - 23 * minute, port: 587, outcome: 'unknown', ms: 15_300, code: 'reply-timeout' },
      notOpened(now - 22 * minute, starttls),
      opened(now - 22 * minute + 300, alternative, 1.6),
      { kind: 'fallback', at: now - 22 * minute + 400, ...alternative, from: 587, code: 'connect-timeout' },
      ...sends(now - 22 * minute, now, 90, 2525),
      notOpened(now - 21 * minute, starttls),
      notOpened(now - 18 * minute, starttls),
      notOpened(now - 11 * minute, starttls),
      notOpened(now - 2 * minute, starttls),
    ]),
  }
}

function recovered(locale: Locale): MailerState {
  const { events, failures } = fallenBack(locale)
  return {
    ...passing('newsletter'),
    failures,
    inUse: { ...starttls, since: now - minute },
    events: numbered([...events, { kind: 'recovered', at: now - minute, ...starttls, from: 2525 }, opened(now - minute - 100, starttls), ...sends(now - minute, now, 20, 587)]),
  }
}

function failing(locale: Locale): MailerState {
  const failure = failureOf('connect-timeout', 'connect', 587, locale)
  const refused = failureOf('connect-refused', 'connect', 465, locale)
  const { message, advice } = failureOf('no-usable-endpoint', 'connect', 587, locale)
  return {
    name: 'default',
    host,
    status: 'fail',
    message,
    advice,
    sentLastHour: 0,
    failedLastDay: 41,
    gates: gatesOf([
      { status: 'down', triedAt: now - minute, nextCheckAt: now + minute, failure },
      { status: 'down', triedAt: now - minute, nextCheckAt: now + minute, failure: failureOf('certificate-expired', 'tls', 2525, locale) },
      { status: 'down', triedAt: now - minute, nextCheckAt: now + minute, failure: refused },
    ]),
    pool: { queued: 38, pending: 38, connections: 0, maxConnections: 5 },
    failures: [
      { ...failureOf('no-usable-endpoint', 'connect', 587, locale), at: now - minute, count: 40, delivery: 'not-accepted' },
      { ...failure, at: now - 9 * minute, count: 1, port: 587 },
    ],
    events: numbered([
      opened(now - 9 * minute, starttls),
      { kind: 'selected', at: now - 9 * minute, ...starttls },
      ...sends(now - 9 * minute, now - 6 * minute, 40, 587),
      ...[5, 3, 1].flatMap((ago) => [
        notOpened(now - ago * minute, starttls),
        notOpened(now - ago * minute + 300, alternative, 'certificate-expired'),
        notOpened(now - ago * minute + 600, implicit, 'connect-refused'),
        { kind: 'exhausted' as const, at: now - ago * minute + 700, code: 'no-usable-endpoint' },
      ]),
      ...[4.5, 2.5, 0.8].map((ago) => ({ kind: 'send' as const, at: now - ago * minute, outcome: 'not-accepted' as const, ms: 30_000, code: 'no-usable-endpoint' as const })),
    ]),
  }
}

function untried(): MailerState {
  return { name: 'default', host, status: 'unknown', sentLastHour: 0, failedLastDay: 0, gates: gatesOf([]), failures: [], events: [] }
}

function busy(locale: Locale): MailerState {
  const random = series(7)
  const many = Array.from({ length: 10_000 }, (_, index): Unnumbered<TimelineEvent> => {
    const at = now - Math.round(random() * 5 * hour)
    if (index % 40 === 0) return index % 80 === 0 ? opened(at, starttls, 0.5 + random() * 3) : notOpened(at, implicit)
    if (index % 401 === 0) return { kind: 'fallback', at, ...alternative, from: 587, code: 'connect-timeout' }
    if (index % 397 === 0) return { kind: 'recovered', at, ...starttls, from: 2525 }
    return { kind: 'send', at, port: 587, outcome: random() < 0.98 ? 'accepted' : random() < 0.8 ? 'not-accepted' : 'unknown', ms: Math.round(10 ** (1.5 + random() * 2.8)) }
  })
  const failures = Array.from({ length: 30 }, (_, index) => ({ ...failureOf('recipient-rejected', 'rcpt', 587, locale), at: now - index * minute, count: 1 + (index % 4), port: 587, delivery: 'not-accepted' as const }))
  return { ...fallenBack(locale), sentLastHour: 9_876, failedLastDay: 2_345, failures, events: numbered(many) }
}

function long(locale: Locale): MailerState {
  return {
    ...fallenBack(locale),
    name: 'transactional-messages-of-the-customer-portal',
    host: 'a-very-long-name-of-a-relay-in-a-data-centre.eu-central-1.outbound-mail-infrastructure.internal.a-company-with-a-long-name.example',
  }
}

function hostile(): MailerState {
  const failure = { code: 'dns-timeout', stage: 'dns', message: hostileText, advice: hostileText } as const
  return {
    ...fallenBack('en'),
    name: hostileText,
    host: hostileText,
    message: hostileText,
    advice: hostileText,
    gates: gatesOf([{ status: 'down', failure, tls: { protocol: hostileText, cipher: hostileText, verified: false } }]),
    failures: [{ ...failure, at: now, count: 1 }],
    events: numbered([
      { kind: 'exhausted', at: now, code: hostileText },
      { ...opened(now, starttls), stages: [{ stage: hostileText, ms: 1 }] } as Unnumbered<TimelineEvent>,
    ]),
  }
}

function mailersOf(name: ModelName, locale: Locale): MailerState[] {
  if (name === 'pass') return [passing()]
  if (name === 'warn') return [fallenBack(locale)]
  if (name === 'fail') return [failing(locale)]
  if (name === 'unknown') return [untried()]
  if (name === 'several') return [passing(), { ...failing(locale), name: 'invoices', host: 'relay.internal.example' }, recovered(locale)]
  if (name === 'long') return [long(locale)]
  if (name === 'many') return [busy(locale)]
  if (name === 'hostile') return [hostile()]
  return []
}

/** A page in this state and language. */
export function modelOf(name: ModelName, locale: Locale = 'en', more: Partial<PageModel> = {}): PageModel {
  return {
    locale,
    base: '/admin/mail/',
    state: { version: 1, now, mailers: mailersOf(name, locale) },
    form: describeSettingsForm({ locale }),
    testMessage: { from: 'app@example.com' },
    ...more,
  }
}

/** What the settings check answers, with a finding of each severity and ports of each kind. */
export function checkAnswer(locale: Locale = 'en'): CheckAnswer {
  const findings = [
    ...checkSettings({ host, port: 465, auth: { user: 'ada', pass: '' } }, { locale }),
    ...checkSettings({ host: '192.0.2.1', port: 25, security: 'none' }, { locale }),
  ]
  return {
    ok: false,
    findings: findings.filter(({ code }, index) => findings.findIndex((one) => one.code === code) === index),
    ports: [
      { ...starttls, ok: false, code: 'connect-timeout' },
      { ...alternative, ok: true, code: null },
      { ...implicit, ok: false, code: 'certificate-name' },
    ],
    recommended: alternative,
  }
}

/** What a test message answers. */
export const testAnswer: TestMessageAnswer = { outcome: 'accepted', port: 2525 }
