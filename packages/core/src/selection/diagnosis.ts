import type { Endpoint } from '../endpoint.ts'
import type { Failure, FailureCode, FailureReason, Stage } from '../failure/failure.ts'
import { format, type Values } from '../text/format.ts'
import { describeIn, inLocale } from '../text/translatable.ts'
import { type Locale, type Sentence, textsFor } from '../text/index.ts'
import type { Attempt } from './attempt.ts'
import { type BlockedPorts, findBlockedPorts, silent } from './blocked-ports.ts'
import { byEndpoint, failureOf } from './by-endpoint.ts'
import { detectPlatform, type Platform } from './platform.ts'

/** The combined diagnosis of several attempts. */
export interface Diagnosis {
  /** A code such as `network-blocks-smtp`, or the code of the failure that explains the others. */
  readonly code: DiagnosisCode | FailureCode
  /** What is wrong, in a sentence or two. */
  readonly message: string
  /** What to do about it. */
  readonly advice: string
  /** Why the login was refused, with `auth-rejected`, if the server said it. */
  readonly reason?: FailureReason
  /** Milliseconds after which the server wants to be tried again, with `rate-limited`, if it said so. */
  readonly retryAfter?: number
}

/** The codes for combinations of failures. */
export type DiagnosisCode = 'network-blocks-smtp' | 'nothing-listens' | 'no-secure-port' | 'mixed'

const insecure: ReadonlySet<FailureCode> = new Set([
  'starttls-not-offered',
  'starttls-rejected',
  'starttls-injection',
  'tls-handshake',
  'tls-version',
  'certificate-expired',
  'certificate-not-yet-valid',
  'certificate-name',
  'certificate-untrusted',
  'certificate-changed',
])

/** Options of `diagnoseAttempts`. */
export interface DiagnoseAttemptsOptions {
  /** The language. @default 'en' */
  readonly locale?: Locale | undefined
  /** The environment variables, to recognise the hosting platform. @default process.env */
  readonly env?: NodeJS.ProcessEnv | undefined
}

/**
 * Diagnoses failed attempts as a whole. For example, if the name resolves and every port times out, the network blocks mail.
 *
 * @example
 * diagnoseAttempts('smtp.example.com', error.attempts).advice
 */
export function diagnoseAttempts(
  host: string,
  attempts: readonly Pick<Attempt, 'endpoint' | 'failure'>[],
  { locale = 'en', env = process.env }: DiagnoseAttemptsOptions = {},
): Diagnosis {
  const failures = byEndpoint(attempts).flatMap((each) => {
    const failure = failureOf(each)
    return failure ? [{ endpoint: each[0]!.endpoint, failure }] : []
  })
  const platform = detectPlatform(env)
  return describeIn(locale, (language) => {
    const translated = failures.map(({ endpoint, failure }) => ({ endpoint, failure: inLocale(failure, language) }))
    return diagnosisIn(language, host, translated, platform)
  })
}

/** An endpoint that failed. */
interface FailedEndpoint {
  readonly endpoint: Endpoint
  readonly failure: Failure
}

function diagnosisIn(locale: Locale, host: string, failures: readonly FailedEndpoint[], platform: Platform | undefined): Diagnosis {
  const codes = new Set(failures.map(({ failure }) => failure.code))
  const first = failures[0]?.failure
  const texts = textsFor(locale)
  const describe = (code: DiagnosisCode, more: Values = {}, sentence: Sentence = texts.diagnoses[code]): Diagnosis => {
    const values = { host, ports: failures.map(({ endpoint }) => endpoint.port).join(', '), ...more }
    return { code, message: format(sentence.message, values), advice: format(sentence.advice, values) }
  }
  /** @param blocked which ports answered, if some did */
  const blocks = (blocked?: BlockedPorts): Diagnosis => {
    const { 'network-blocks-smtp': whole, 'network-blocks-smtp-partly': partly, 'network-blocks-smtp-platform': named } = texts.diagnoses
    const seen = blocked ? partly : whole
    const values = platform ? { platform: platform.name, cure: texts.platforms[platform.id] } : { platform: blocked?.platform }
    const { message } = seen
    const { advice } = platform ? named : seen
    return describe('network-blocks-smtp', { ...values, closed: blocked?.closed.join(', '), open: blocked?.open.join(', ') }, { message, advice })
  }

  // A refused login or sender, or a limit, decides, whatever happened on the other ports.
  const decisive = failures.find(({ failure }) => decisiveStages.has(failure.stage) || failure.code === 'rate-limited')?.failure
  if (decisive) return diagnosisOf(decisive)
  if (failures.length > 1 && every(codes, silent)) return blocks()
  if (failures.length > 1 && every(codes, new Set(['connect-refused']))) return describe('nothing-listens')
  if (every(codes, new Set([...silent, 'connect-refused']))) {
    const blocked = findBlockedPorts(failures.map(({ endpoint: { port }, failure }) => ({ port, failure })))
    if (blocked) return blocks(blocked)
  }
  if (failures.length > 1 && every(codes, insecure)) return describe('no-secure-port')
  // A single cause, such as a name that does not exist.
  if (codes.size === 1 && first && (failures.length === 1 || hostWide.has(first.code))) {
    return diagnosisOf(first)
  }
  return mixed(host, failures, locale)
}

/** The diagnosis if one failure explains everything. */
function diagnosisOf({ code, message, advice, reason, retryAfter }: Failure): Diagnosis {
  return { code, message, advice, ...(reason && { reason }), ...(retryAfter !== undefined && { retryAfter }) }
}

const decisiveStages: ReadonlySet<Stage> = new Set(['auth', 'mail', 'rcpt'])

/** Failures that do not depend on the port. */
const hostWide: ReadonlySet<FailureCode> = new Set(['dns-not-found', 'dns-timeout', 'network-unreachable', 'aborted', 'deadline'])

function mixed(host: string, failures: readonly FailedEndpoint[], locale: Locale): Diagnosis {
  const texts = textsFor(locale)
  const last = failures.at(-1)
  if (!last) {
    const { message, advice } = texts.failures['no-usable-endpoint']
    return { code: 'no-usable-endpoint', message: format(message, { host }), advice }
  }
  const causes = [...new Set(failures.map(({ failure }) => failure.message))].join(' ')
  // The failure in the latest stage is the closest to success.
  const telling = failures.find(({ failure }) => !vague.has(failure.code)) ?? last
  const { message, advice } = texts.diagnoses.mixed
  return {
    code: 'mixed',
    message: format(message, { host, causes }),
    advice: format(advice, { advice: telling.failure.advice }),
  }
}

/** Failures that say less than any other. */
const vague: ReadonlySet<FailureCode> = new Set([...silent, 'deadline', 'connect-refused'])

function every(codes: ReadonlySet<FailureCode>, within: ReadonlySet<FailureCode>): boolean {
  return codes.size > 0 && [...codes].every((code) => within.has(code))
}
