import { type Endpoint, serverOf } from '../endpoint.ts'
import { type Locale, type Texts, textsFor } from '../text/index.ts'
import { format, type Values } from '../text/format.ts'

/** The step of a submission in which something happened, in the order of the dialogue. */
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

/** What went wrong, as a stable code. Each has its cause and cure in `text/`. */
export type FailureCode = keyof Texts['failures']

/** One thing that went wrong, for programs (`code`, `stage`) and for people (`message`, `advice`). */
export interface Failure {
  /** The cause. Stable: programs may rely on it. */
  readonly code: FailureCode
  /** Where in the dialogue it happened. */
  readonly stage: Stage
  /** What happened, in a sentence. Never holds what the server said, nor a secret. */
  readonly message: string
  /** What to do about it. */
  readonly advice: string
  /** The SMTP reply code, where the server gave one (RFC 5321 §4.2). */
  readonly replyCode?: number
  /** The enhanced status code, where the server gave one (RFC 3463): `5.7.8`. */
  readonly enhancedCode?: string
  /** The code of Node or OpenSSL behind it, where there is one: `ECONNREFUSED`. */
  readonly systemCode?: string
}

/** What a failure is made of, before it has a language. */
export interface FailureFacts {
  readonly code: FailureCode
  readonly stage: Stage
  readonly replyCode?: number | undefined
  readonly enhancedCode?: string | undefined
  readonly systemCode?: string | undefined
  /** Further values for the sentence. */
  readonly values?: Values | undefined
}

/**
 * Puts facts into words.
 *
 * @example
 * const facts = { code: 'connect-refused', stage: 'connect' } as const
 * describeFailure(facts, { host: 'smtp.example.com', port: 587 }, 'en').message
 * // 'smtp.example.com:587 refused the connection.'
 */
export function describeFailure(facts: FailureFacts, endpoint: Partial<Pick<Endpoint, 'host' | 'port'>>, locale: Locale): Failure {
  const { code, stage, replyCode, enhancedCode, systemCode } = facts
  const sentence = textsFor(locale).failures[code]
  const reply = [replyCode, enhancedCode].filter((part) => part !== undefined).join(' ')
  const values = { ...endpoint, server: serverOf(endpoint), reply: reply || undefined, ...facts.values }
  return {
    code,
    stage,
    message: format(sentence.message, values),
    advice: format(sentence.advice, values),
    ...(replyCode !== undefined && { replyCode }),
    ...(enhancedCode !== undefined && { enhancedCode }),
    ...(systemCode !== undefined && { systemCode }),
  }
}
