import type { Texts } from '../text/index.ts'

/** The text of a finding; a code may have several. */
export type FindingText = keyof Texts['findings']

/** What was found in settings, as a stable code. */
export type FindingCode = Exclude<FindingText, 'provider-port-discouraged' | 'provider-auth-kind'>

/**
 * `error`: will not work, or would give secrets away. `warning`: will most likely not work, or is not safe. `info`:
 * good to know.
 */
export type Severity = 'error' | 'warning' | 'info'

/** One thing to know about settings, for programs (`code`, `severity`) and for people (`message`, `advice`). */
export interface Finding {
  readonly code: FindingCode
  readonly severity: Severity
  /** What was found, in a sentence. Never holds a secret. */
  readonly message: string
  /** What to do about it. */
  readonly advice: string
  /** The standards behind it, section by section, or the page of the provider catalogue. */
  readonly references: readonly string[]
}
