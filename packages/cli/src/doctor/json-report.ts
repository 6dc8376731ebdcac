import type { Diagnosis, FailureCode, Finding, LoginReport, ProbeReport, Security, SettingsIssue, StageTime, SurveyReport } from '@postern/core'
import { exitCode } from '../exit-code.ts'
import type { Recommendation } from './recommendation.ts'
import { type PortStatus, portStatus } from '../port-status.ts'
import type { Verdict } from './verdict.ts'

/**
 * What `--format json` prints. `ok`, `findings`, `ports` with `port`, `security`, `ok` and `code`, and `recommended` are those of the
 * settings check of `@postern/core/http`.
 */
export interface JsonReport {
  /** Changes when a field is removed or gets another meaning. */
  readonly version: 1
  /** Null if the settings are invalid. */
  readonly host: string | null
  readonly ok: boolean
  readonly status: 'pass' | 'warn' | 'fail'
  readonly verdict: string
  /** What is invalid in the settings. If there is anything, nothing was examined. */
  readonly issues?: readonly SettingsIssue[]
  readonly findings: readonly Finding[]
  readonly ports: readonly JsonPort[]
  readonly login: LoginReport | null
  readonly recommended: { readonly port: number; readonly security: Security } | null
  readonly recommendation: Recommendation | null
  readonly diagnosis: Diagnosis | null
}

/**
 * A line of `--format ndjson`: a port as it answers, the port with the login, and in the end the report without the ports. Then, with
 * `--watch`, a port that answers otherwise than before.
 */
export type JsonLine =
  | ({ readonly type: 'port' } & JsonPort)
  | ({ readonly type: 'login'; readonly login: LoginReport } & JsonPort)
  | ({ readonly type: 'result' } & Omit<JsonReport, 'ports'>)
  | ({ readonly type: 'change'; readonly time: Date; readonly from: Pick<JsonPort, 'status' | 'code'> } & JsonPort)

/** A port. */
export interface JsonPort {
  readonly port: number
  readonly security: Security
  readonly ok: boolean
  /** Why the port cannot be used; null if it can. */
  readonly code: FailureCode | null
  readonly status: PortStatus
  readonly message: string | null
  readonly advice: string | null
  readonly address: string | null
  readonly ms: number
  readonly stages: readonly StageTime[]
  readonly auth: readonly string[] | null
  readonly tls: JsonTls | null
}

/** The encryption of a port, and its certificate. */
export interface JsonTls {
  readonly protocol: string
  readonly cipher: string
  readonly verified: boolean
  readonly names: readonly string[]
  readonly issuer: string
  readonly validTo: Date
  readonly daysLeft: number
  readonly fingerprint: string
}

export function jsonReport(host: string, survey: SurveyReport, { exit, best }: Verdict, verdict: string, recommendation: Recommendation | undefined): JsonReport {
  return {
    version: 1,
    host,
    ok: exit !== exitCode.fails,
    status: exit === exitCode.fine ? 'pass' : exit === exitCode.warnings ? 'warn' : 'fail',
    verdict,
    findings: survey.findings,
    ports: survey.ports.map(jsonPort),
    login: survey.ports.find(({ login }) => login.outcome !== 'not-tried')?.login ?? null,
    recommended: best ? { port: best.port, security: best.security } : null,
    recommendation: recommendation ?? null,
    diagnosis: survey.diagnosis ?? null,
  }
}

/** The report for settings that cannot be examined. */
export function invalidReport(issues: readonly SettingsIssue[], verdict: string): JsonReport {
  return { version: 1, host: null, ok: false, status: 'fail', verdict, issues, findings: [], ports: [], login: null, recommended: null, recommendation: null, diagnosis: null }
}

export function jsonPort(report: ProbeReport): JsonPort {
  const { endpoint, ok, failure, address, ms, stages, capabilities, tls } = report
  return {
    port: endpoint.port,
    security: endpoint.security,
    ok,
    code: failure?.code ?? null,
    status: portStatus(report),
    message: failure?.message ?? null,
    advice: failure?.advice ?? null,
    address: address ?? null,
    ms,
    stages,
    auth: capabilities?.auth ?? null,
    tls: tls ? jsonTls(tls) : null,
  }
}

function jsonTls({ protocol, cipher, verified, certificate }: NonNullable<ProbeReport['tls']>): JsonTls {
  const { names, issuer, validTo, daysLeft, fingerprint } = certificate
  return { protocol, cipher, verified, names, issuer, validTo, daysLeft, fingerprint }
}
