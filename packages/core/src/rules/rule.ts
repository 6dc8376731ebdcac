import type { Provider } from '../providers/provider.ts'
import type { Service } from '../providers/service.ts'
import type { Issue } from '../settings/issue.ts'
import type { Candidate, SmtpSettings } from '../settings/settings.ts'
import type { Values } from '../text/format.ts'
import type { FindingCode, FindingText, Severity } from './finding.ts'

/** The input of a rule. */
export interface Subject {
  /** The input as given, with aliases replaced by their canonical names. */
  readonly raw: Readonly<Record<string, unknown>>
  /** The settings in canonical shape, without the parts that are invalid. */
  readonly settings: Partial<SmtpSettings>
  /** The login as given. */
  readonly auth: unknown
  /** The ports set by the caller, each with its security. Empty when Postern chooses. */
  readonly given: readonly Candidate[]
  /** The first port, set by the caller or planned by Postern. */
  readonly first: number | undefined
  /** The provider of the host. */
  readonly provider: Provider | undefined
  /** The service named by nodemailer's `service` option. */
  readonly service: Service | undefined
  /** Whether the host is this machine, so that no network is involved. */
  readonly local: boolean
  /** The issues of the settings. */
  readonly issues: readonly Issue[]
  /** What is wrong with the URL from which they were read. */
  readonly url: Issue | undefined
  /** The current time, in milliseconds since the epoch. */
  readonly now: number
}

/** The result of a rule that applies. */
export interface Found {
  readonly severity: Severity
  readonly values?: Values
  /** The issue that the finding is about; gives the text and its values. */
  readonly issue?: Issue | undefined
  /** The key of the text, if it differs from the code. */
  readonly text?: FindingText
}

/** One rule: a pure function of the settings. */
export interface Rule {
  readonly code: FindingCode
  readonly references: readonly string[]
  readonly check: (subject: Subject) => Found | undefined
}
