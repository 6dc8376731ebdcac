import type { Texts } from '../text/index.ts'

/** The key of a finding's text. A code may have several texts. */
export type FindingText = keyof Texts['findings']

/** The stable code of a finding. */
export type FindingCode = Exclude<
  FindingText,
  | 'provider-port-discouraged'
  | 'provider-auth-kind'
  | 'password-ended'
  | 'host-private-trusted'
  | 'auth-unset'
  | 'account-unknown'
  | `host-${'form' | 'stray' | 'port' | 'url' | 'mailbox'}`
  | `url-${'stray' | 'unencoded'}`
>

/**
 * `error`: does not work, or would expose secrets. `warning`: probably does not work, or is not safe. `info`: for
 * information.
 */
export type Severity = 'error' | 'warning' | 'info'

/** One result of checking settings, for programs (`code`, `severity`) and for people (`message`, `advice`). */
export interface Finding {
  readonly code: FindingCode
  readonly severity: Severity
  /** What was found, in a sentence. Never contains a secret. */
  readonly message: string
  /** What to do about it. */
  readonly advice: string
  /** The relevant sections of standards, or the page of the provider catalogue. */
  readonly references: readonly string[]
}
