import type { HealthReport } from '@postern/core'
import { healthDetails } from '@postern/core/http'

/** The data of an indicator result. Hosts and ports are included only with `detail`. */
export function reportData(report: HealthReport, detail: boolean): Record<string, unknown> {
  const reason = reasonOf(report)
  return { ...(reason && { reason }), ...(detail && detailOf(report)) }
}

/** A failure code, which contains no host. */
function reasonOf({ status, rungs }: HealthReport): string | undefined {
  if (status === 'pass') return undefined
  return (
    rungs.find(({ failure }) => failure !== undefined)?.failure?.code ??
    (status === 'warn' ? 'certificate-expiring' : undefined)
  )
}

/** Without `status`, which Terminus sets itself. */
function detailOf(report: HealthReport): Record<string, unknown> {
  const { status, ...details } = healthDetails(report)
  void status
  return details
}
