import { type Endpoint, serverOf } from '../endpoint.ts'
import { type Locale, type Sentence, type Texts, textsFor } from '../text/index.ts'
import { format, type Values } from '../text/format.ts'
import { derive, describeIn } from '../text/translatable.ts'

/** A step of a submission, in the order of the dialogue. */
export type Stage =
  | 'dns'
  | 'connect'
  | 'greeting'
  | 'ehlo'
  | 'starttls'
  | 'tls'
  | 'auth'
  | 'mail'
  | 'rcpt'
  | 'data'
  | 'message'
  | 'quit'

/** The stable code of a failure. Each has its texts in `text/`. */
export type FailureCode = keyof Texts['failures']

/** Why a login was refused, where the server says it, or why a TLS handshake failed. Each has its texts in `text/`. */
export type FailureReason = keyof Texts['reasons']

/** One failure, for programs (`code`, `stage`) and for people (`message`, `advice`). */
export interface Failure {
  /** The cause. Codes are stable. */
  readonly code: FailureCode
  /** The stage in which it happened. */
  readonly stage: Stage
  /** What happened, in a sentence. Never contains text from the server, a secret or the advice. */
  readonly message: string
  /** What to do, in a sentence. */
  readonly advice: string
  /** Why the login was refused, with `auth-rejected`, if the server said it: `app-password-required`; or why TLS failed. */
  readonly reason?: FailureReason
  /** Milliseconds after which the server wants to be tried again, with `rate-limited`, if it said so. At most a day. */
  readonly retryAfter?: number
  /** The SMTP reply code, if the server sent one (RFC 5321 §4.2). */
  readonly replyCode?: number
  /** The enhanced status code, if the server sent one (RFC 3463): `5.7.8`. */
  readonly enhancedCode?: string
  /** The underlying error code of Node or OpenSSL, if there is one: `ECONNREFUSED`. */
  readonly systemCode?: string
  /** The code of the underlying `SecretError`, if there is one: `oauth2-invalid-grant`. */
  readonly sourceCode?: string
}

/** A failure without texts. */
export interface FailureFacts {
  readonly code: FailureCode
  readonly stage: Stage
  readonly replyCode?: number | undefined
  readonly enhancedCode?: string | undefined
  readonly systemCode?: string | undefined
  /** Why a function returned no secret. Its sentences are added to those of the code. */
  readonly source?: (Sentence & { readonly code: string; readonly sentenceIn?: (locale: Locale) => Sentence }) | undefined
  readonly reason?: FailureReason | undefined
  readonly retryAfter?: number | undefined
  /** The logins that the provider accepts, for the advice about one that was refused. */
  readonly accepts?: { readonly provider: string; readonly kinds: readonly (keyof Texts['logins'])[] } | undefined
  /** Further values for the placeholders in the texts. */
  readonly values?: Values | undefined
}

/**
 * Builds a `Failure` with texts in the given language. `inLocale` returns it in another one.
 *
 * @example
 * const facts = { code: 'connect-refused', stage: 'connect' } as const
 * describeFailure(facts, { host: 'smtp.example.com', port: 587 }, 'en').message
 * // 'smtp.example.com:587 refused the connection.'
 */
export function describeFailure(facts: FailureFacts, endpoint: Partial<Pick<Endpoint, 'host' | 'port'>>, locale: Locale): Failure {
  return describeIn(locale, (language) => failureIn(language, facts, endpoint))
}

function failureIn(locale: Locale, facts: FailureFacts, endpoint: Partial<Pick<Endpoint, 'host' | 'port'>>): Failure {
  const { code, stage, replyCode, enhancedCode, systemCode, source, reason, retryAfter, accepts } = facts
  const texts = textsFor(locale)
  const sentence = reason ? texts.reasons[reason] : texts.failures[code]
  const added = source?.sentenceIn?.(locale) ?? source
  const reply = [replyCode, enhancedCode].filter((part) => part !== undefined).join(' ')
  const values = decimalsIn(locale, {
    ...endpoint,
    server: serverOf(endpoint),
    reply: reply || undefined,
    ...(accepts && { provider: accepts.provider, kinds: accepts.kinds.map((kind) => texts.logins[kind]).join(', ') }),
    ...(retryAfter !== undefined && { seconds: Math.ceil(retryAfter / 1_000) }),
    ...facts.values,
  })
  return {
    code,
    stage,
    message: joined(format(sentence.message, values), added?.message),
    advice: joined(format(sentence.advice, values), added?.advice),
    ...(reason && { reason }),
    ...(retryAfter !== undefined && { retryAfter }),
    ...(replyCode !== undefined && { replyCode }),
    ...(enhancedCode !== undefined && { enhancedCode }),
    ...(systemCode !== undefined && { systemCode }),
    ...(source && { sourceCode: source.code }),
  }
}

/** Numbers with decimals as the language writes them: 1.5 and 1,5. */
function decimalsIn(locale: Locale, values: Values): Values {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, typeof value === 'number' && !Number.isInteger(value) ? value.toLocaleString(locale) : value]))
}

function joined(sentence: string, more: string | undefined): string {
  return more ? `${sentence} ${more}` : sentence
}

/** The failure of a whole ladder, from its diagnosis. */
export function failureOfDiagnosis(diagnosis: Pick<Failure, 'message' | 'advice' | 'reason' | 'retryAfter'>, stage: Stage = 'connect'): Failure {
  return derive(diagnosis, ({ message, advice, reason, retryAfter }): Failure => ({
    code: 'no-usable-endpoint',
    stage,
    message,
    advice,
    ...(reason && { reason }),
    ...(retryAfter !== undefined && { retryAfter }),
  }))
}
