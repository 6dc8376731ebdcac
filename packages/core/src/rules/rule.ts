import type { Provider } from '../providers/provider.ts'
import type { Service } from '../providers/service.ts'
import type { Candidate, SmtpSettings } from '../settings/settings.ts'
import type { Values } from '../text/format.ts'
import type { FindingCode, FindingText, Severity } from './finding.ts'

/** What a rule looks at. */
export interface Subject {
  /** As the caller gave it, with the common names for things. */
  readonly raw: Readonly<Record<string, unknown>>
  /** In the canonical shape. A part that cannot be used is left out. */
  readonly settings: Partial<SmtpSettings>
  /** The login as it was given, if one was. */
  readonly auth: unknown
  /** The ports that were set, each with its security. Empty when Postern chooses. */
  readonly given: readonly Candidate[]
  /** The port that comes first, set or chosen. */
  readonly first: number | undefined
  /** Who runs the host. */
  readonly provider: Provider | undefined
  /** What nodemailer's `service` option named. */
  readonly service: Service | undefined
  /** Whether the host is this machine: no network is crossed. */
  readonly local: boolean
}

/** What a rule has found. */
export interface Found {
  readonly severity: Severity
  readonly values?: Values
  /** The text, where it is not the code's own. */
  readonly text?: FindingText
}

/** One rule: a pure function of the settings. */
export interface Rule {
  readonly code: FindingCode
  readonly references: readonly string[]
  readonly check: (subject: Subject) => Found | undefined
}
