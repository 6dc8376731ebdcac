import type { Endpoint } from '../endpoint.ts'
import type { Failure, FailureCode } from '../failure/failure.ts'
import { certificateEnds } from '../rules/certificate-ends.ts'
import { findingsOf } from '../rules/check-settings.ts'
import type { Finding } from '../rules/finding.ts'
import { type Capabilities, describeOffer } from '../smtp/capabilities.ts'
import type { Session, StageTime } from '../smtp/session.ts'
import type { TlsReport } from '../smtp/tls-report.ts'

/** What was seen of one endpoint. */
export interface ProbeReport {
  /** What was examined. */
  readonly endpoint: Endpoint
  /** Whether every stage that was asked for went well. */
  readonly ok: boolean
  /** The address that answered. */
  readonly address?: string
  /** When it began. */
  readonly startedAt: Date
  /** Milliseconds from start to end. */
  readonly ms: number
  /** Each stage that was reached, with its time. */
  readonly stages: readonly StageTime[]
  /** What the server greeted with, made safe to show. It is the server's word: show it to those who are authorised. */
  readonly greeting?: string
  /**
   * What the server offered before TLS. Not to be believed: anybody on the way can have written it (RFC 3207 §4.2). It is
   * here to be compared with `capabilities`.
   */
  readonly untrustedCapabilities?: Capabilities
  /** What the server offers over the connection that is used, under TLS unless the endpoint has none. */
  readonly capabilities?: Capabilities
  /** What was seen of TLS, also where the certificate was refused. */
  readonly tls?: TlsReport
  /** What became of the login. */
  readonly login: LoginReport
  /** What went wrong; absent when nothing did. */
  readonly failure?: Failure
  /** What else there is to know about using this endpoint, errors first. */
  readonly findings: readonly Finding[]
}

/** What became of a login. */
export interface LoginReport {
  /**
   * `refused`: the server said no, now or for good. `unknown`: it was sent, and no answer came that means anything.
   * `not-tried`: nothing of it was sent.
   */
  readonly outcome: 'accepted' | 'refused' | 'unknown' | 'not-tried'
  /** The SASL mechanism, where the login was sent: `PLAIN`. */
  readonly mechanism?: string
  /** Why it was not accepted. */
  readonly why?: FailureCode | 'not-asked'
}

/** Puts down what a session has seen so far. */
export function reportOf(session: Session, failure?: Failure): ProbeReport {
  const { endpoint, address, startedAt, elapsed, stages, greeting, clearOffer, offer, tlsSeen, options, shown } = session
  const { settings, locale, clock } = options
  const used = { ...settings, ...endpoint, candidates: undefined }
  // A certificate that was refused has its failure.
  const ends = failure?.stage === 'tls' ? undefined : certificateEnds(endpoint, tlsSeen, clock.now(), locale)
  return {
    endpoint,
    ok: failure === undefined,
    ...(address !== undefined && { address }),
    startedAt,
    ms: elapsed,
    stages: [...stages],
    ...(greeting !== undefined && { greeting: shown(greeting) }),
    ...(clearOffer && { untrustedCapabilities: describeOffer(clearOffer, shown) }),
    ...(offer && { capabilities: describeOffer(offer, shown) }),
    ...(tlsSeen && { tls: tlsSeen }),
    login: loginOf(session, failure),
    ...(failure && { failure }),
    findings: [
      ...(ends ? [ends] : []),
      // To examine an endpoint no login is needed.
      ...findingsOf({ raw: {}, value: { ...used }, issues: [], settings: used }, locale).filter(({ code }) => code !== 'auth-missing'),
    ],
  }
}

function loginOf({ mechanism }: Session, failure: Failure | undefined): LoginReport {
  const why = failure?.code ?? 'not-asked'
  if (!mechanism) return { outcome: 'not-tried', why }
  if (!failure) return { outcome: 'accepted', mechanism }
  return { outcome: (failure.replyCode ?? 0) >= 400 ? 'refused' : 'unknown', mechanism, why }
}
