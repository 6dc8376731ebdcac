import { type Endpoint, isSameEndpoint } from '../endpoint.ts'
import type { Failure } from '../failure/failure.ts'
import type { RungState } from '../selection/selector-state.ts'
import { daysUntil } from '../smtp/tls-report.ts'
import type { HealthReport } from './report.ts'

/** A report as JSON for operators. It contains no text from a server. */
export interface HealthDetails {
  readonly status: HealthReport['status']
  readonly checkedAt: Date
  readonly message: string | undefined
  readonly advice: string | undefined
  /** The endpoint in use. */
  readonly endpoint: Endpoint | undefined
  /** When the endpoint last worked, and whether a message or a check proved it. */
  readonly lastSuccess: { readonly by: 'traffic' | 'probe'; readonly at: Date; readonly port: number } | undefined
  readonly lastFallback: FallbackDetails | undefined
  /** Whole days until the certificate in use expires. */
  readonly certificateDays: number | undefined
  readonly rungs: readonly RungDetails[]
}

/** The last move to a lower rung, as the health route shows it to authorised callers. */
export interface FallbackDetails {
  readonly at: Date
  readonly from: number | undefined
  readonly to: number
  readonly reason: FailureDetails | undefined
}

/** A rung, as the health route shows it to authorised callers: without the host. */
export interface RungDetails extends Omit<Endpoint, 'host'> {
  readonly status: RungState['status']
  readonly triedAt: Date | undefined
  readonly failure: FailureDetails | undefined
  readonly certificateDays: number | undefined
}

type FailureDetails = Pick<Failure, 'code' | 'stage' | 'message' | 'advice'>

/** The parts of a health report that the health route shows to authorised callers. */
export function healthDetails(report: HealthReport): HealthDetails {
  const { status, checkedAt, message, advice, endpoint, lastSuccess, lastFallback, rungs } = report
  const days = (rung: RungState | undefined) => daysLeft(rung, checkedAt)
  return {
    status,
    checkedAt,
    message,
    advice,
    endpoint,
    lastSuccess: lastSuccess && { by: lastSuccess.by, at: lastSuccess.at, port: lastSuccess.endpoint.port },
    lastFallback: lastFallback && {
      at: lastFallback.at,
      from: lastFallback.previous?.port,
      to: lastFallback.endpoint.port,
      reason: lastFallback.failure && failureDetails(lastFallback.failure),
    },
    certificateDays: days(rungs.find((rung) => endpoint && isSameEndpoint(rung.endpoint, endpoint))),
    rungs: rungs.map((rung) => ({
      port: rung.endpoint.port,
      security: rung.endpoint.security,
      status: rung.status,
      triedAt: rung.triedAt,
      failure: rung.failure && failureDetails(rung.failure),
      certificateDays: days(rung),
    })),
  }
}

function failureDetails({ code, stage, message, advice }: Failure): FailureDetails {
  return { code, stage, message, advice }
}

function daysLeft(rung: RungState | undefined, now: Date): number | undefined {
  const days = rung?.tls && daysUntil(rung.tls.certificate.validTo, now.getTime())
  return Number.isNaN(days) ? undefined : days
}
