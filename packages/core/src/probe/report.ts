import type { Endpoint } from '../endpoint.ts'
import type { Failure } from '../failure/failure.ts'
import type { Capabilities } from '../smtp/capabilities.ts'
import type { LoginResult } from '../smtp/sasl.ts'
import type { Session, StageTime } from '../smtp/session.ts'
import type { TlsReport } from '../smtp/tls-report.ts'
import { printable } from '../text/printable.ts'

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
  /** What the server offers over the secured connection. */
  readonly capabilities?: Readonly<Record<string, readonly string[]>>
  /** The mechanisms a login may use. */
  readonly authMechanisms?: readonly string[]
  /** What was seen of TLS, once the handshake was done. */
  readonly tls?: TlsReport
  /** The login, if one was made and accepted. */
  readonly login?: LoginResult
  /** What went wrong; absent when nothing did. */
  readonly failure?: Failure
}

/** Puts down what a session has seen so far. */
export function reportOf(session: Session, failure?: Failure): ProbeReport {
  const { endpoint, address, startedAt, elapsed, stages, greeting, capabilities, loggedIn } = session
  const tls = session.tlsSeen
  return {
    endpoint,
    ok: failure === undefined,
    ...(address !== undefined && { address }),
    startedAt,
    ms: elapsed,
    stages: [...stages],
    ...(greeting !== undefined && { greeting: printable(greeting) }),
    ...(capabilities && { capabilities: asRecord(capabilities), authMechanisms: (capabilities.get('AUTH') ?? []).map(printable) }),
    ...(tls && { tls }),
    ...(loggedIn && { login: loggedIn }),
    ...(failure && { failure }),
  }
}

function asRecord(capabilities: Capabilities): Record<string, readonly string[]> {
  return Object.fromEntries([...capabilities].map(([keyword, parameters]) => [printable(keyword), parameters.map(printable)]))
}
