import type { Endpoint } from '../endpoint.ts'
import type { Failure, FailureCode, Stage } from '../failure/failure.ts'
import { certificateExpiring } from '../rules/certificate-expiring.ts'
import { findingsOf } from '../rules/check-settings.ts'
import type { Finding } from '../rules/finding.ts'
import { type Capabilities, describeOffer } from '../smtp/capabilities.ts'
import type { Session, StageTime } from '../smtp/session.ts'
import type { TlsReport } from '../smtp/tls-report.ts'

/** The result of probing one endpoint. */
export interface ProbeReport {
  /** The endpoint that was probed. */
  readonly endpoint: Endpoint
  /** Whether every requested stage succeeded. */
  readonly ok: boolean
  /** The remote address. */
  readonly address?: string
  /** When the probe started. */
  readonly startedAt: Date
  /** Total duration in milliseconds. */
  readonly ms: number
  /** Each stage that was reached, with its duration. */
  readonly stages: readonly StageTime[]
  /** The server's greeting, sanitised. Show it to authorised users only. */
  readonly greeting?: string
  /**
   * What the server offered before TLS. An attacker can change it (RFC 3207 §4.2), so use it only for comparison with
   * `capabilities`.
   */
  readonly untrustedCapabilities?: Capabilities
  /** What the server offers under TLS, or on the unencrypted connection with `security: 'none'`. */
  readonly capabilities?: Capabilities
  /** What is known about TLS, even if the certificate was refused. */
  readonly tls?: TlsReport
  /** The result of the login. */
  readonly login: LoginReport
  /** The failure, if a stage failed. */
  readonly failure?: Failure
  /** Further findings about this endpoint, errors first. */
  readonly findings: readonly Finding[]
}

/** The result of a login. */
export interface LoginReport {
  /**
   * `refused`: the server replied 4yz or 5yz. `unknown`: the login was sent, and no valid reply came. `not-tried`: no
   * credentials were sent.
   */
  readonly outcome: 'accepted' | 'refused' | 'unknown' | 'not-tried'
  /** The SASL mechanism, if the login was sent: `PLAIN`. */
  readonly mechanism?: string
  /** Why it was not accepted. */
  readonly reason?: FailureCode | 'not-requested'
}

/** Builds the report of a session in its current state. */
export function reportOf(session: Session, failure?: Failure): ProbeReport {
  const { endpoint, address, startedAt, elapsed, stages, greeting, clearOffer, offer, tlsReport, options, sanitise } = session
  const { settings, locale, clock } = options
  const used = { ...settings, ...endpoint, candidates: undefined }
  // The failure already covers a refused certificate.
  const ends = failure?.stage === 'tls' ? undefined : certificateExpiring(endpoint, tlsReport, clock.now(), locale)
  return {
    endpoint,
    ok: failure === undefined,
    ...(address !== undefined && { address }),
    startedAt,
    ms: elapsed,
    stages: [...stages],
    ...(greeting !== undefined && { greeting: sanitise(greeting) }),
    ...(clearOffer && { untrustedCapabilities: describeOffer(clearOffer, sanitise) }),
    ...(offer && { capabilities: describeOffer(offer, sanitise) }),
    ...(tlsReport && { tls: tlsReport }),
    login: loginOf(session, failure),
    ...(failure && { failure }),
    findings: [
      ...(ends ? [ends] : []),
      // A probe needs no login.
      ...findingsOf({ raw: {}, value: { ...used }, issues: [], settings: used }, { locale, clock }).filter(({ code }) => code !== 'auth-missing'),
    ],
  }
}

const afterLogin: ReadonlySet<Stage> = new Set(['mail', 'rcpt'])

function loginOf({ mechanism }: Session, failure: Failure | undefined): LoginReport {
  const reason = failure?.code ?? 'not-requested'
  if (!mechanism) return { outcome: 'not-tried', reason }
  if (!failure || afterLogin.has(failure.stage)) return { outcome: 'accepted', mechanism }
  return { outcome: (failure.replyCode ?? 0) >= 400 ? 'refused' : 'unknown', mechanism, reason }
}
