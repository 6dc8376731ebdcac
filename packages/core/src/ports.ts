import type { Security } from './endpoint.ts'
import { type Locale, type Texts, textsFor } from './text/index.ts'

/** Facts about a port. */
export interface PortFacts {
  /** The TCP port. */
  readonly port: number
  /** The service name registered with IANA, if it is a mail service. */
  readonly registered: 'smtp' | 'submission' | 'submissions' | undefined
  /** The security used on this port unless the caller sets one. */
  readonly security: Security
  /** What the port is for. */
  readonly use: 'relay' | 'submission'
  /** The position of the port when Postern chooses: `never` means only if the policy allows it. */
  readonly role: 'first' | 'fallback' | 'last-resort' | 'never'
  /** The standards that define it. */
  readonly references: readonly string[]
}

/** SMTP between servers. Not for submission: most clouds and ISPs block it. */
export const SMTP_PORT = 25
/** Message submission with implicit TLS (RFC 8314 §3.3). */
export const SUBMISSIONS_PORT = 465
/** Message submission (RFC 6409). */
export const SUBMISSION_PORT = 587
/** A convention of mail providers for networks that block 587. IANA has registered it for another service. */
export const ALTERNATE_SUBMISSION_PORT = 2525

/**
 * The port table, in the order in which Postern uses the ports.
 *
 * @example
 * portTable.find(({ port }) => port === 465)?.registered // 'submissions'
 */
export const portTable: readonly PortFacts[] = [
  {
    port: SUBMISSION_PORT,
    registered: 'submission',
    security: 'starttls',
    use: 'submission',
    role: 'first',
    references: ['RFC 6409 §3.1', 'RFC 3207'],
  },
  {
    port: ALTERNATE_SUBMISSION_PORT,
    registered: undefined,
    security: 'starttls',
    use: 'submission',
    role: 'fallback',
    references: ['RFC 3207'],
  },
  {
    port: SUBMISSIONS_PORT,
    registered: 'submissions',
    security: 'implicit',
    use: 'submission',
    role: 'last-resort',
    references: ['RFC 8314 §3.3', 'RFC 8314 §7.3'],
  },
  {
    port: SMTP_PORT,
    registered: 'smtp',
    security: 'starttls',
    use: 'relay',
    role: 'never',
    references: ['RFC 6409 §3.1', 'RFC 5321 §4.5.4.2'],
  },
]

/**
 * The security used on a port when the caller sets none: implicit TLS on 465, STARTTLS on every other port.
 *
 * @example
 * securityOfPort(465) // 'implicit'
 */
export function securityOfPort(port: number): Security {
  return portTable.find((facts) => facts.port === port)?.security ?? 'starttls'
}

/** The description of a port, in one language. */
export interface PortDescription extends Omit<PortFacts, 'use' | 'role'> {
  /** The common name. */
  readonly name: string
  /** What it is for. */
  readonly use: string
  /** When Postern uses it. */
  readonly role: string
  /** Its history, and what the standards say today. */
  readonly history: string
}

/**
 * Describes what a port is for, when Postern uses it, and its history.
 *
 * @returns undefined for a port that is not in the port table
 * @example
 * describePort(465, { locale: 'de' })?.history // 'In den 1990ern SMTPS genannt, …'
 */
export function describePort(
  port: number,
  { locale = 'en' }: { readonly locale?: Locale | undefined } = {},
): PortDescription | undefined {
  const facts = portTable.find((one) => one.port === port)
  return facts && { ...facts, ...textsFor(locale).ports[String(port) as keyof Texts['ports']] }
}
