import type { HealthReport } from '@postern/core'
import { healthDetails } from '@postern/core/http'

/** What of a report goes out: nothing that names a host or a port, unless the detail was asked for. */
export function reportData(report: HealthReport, detail: boolean): Record<string, unknown> {
  const reason = reasonOf(report)
  return { ...(reason && { reason }), ...(detail && detailOf(report)) }
}

/** A failure code: what is wrong in one word, with no host in it. */
function reasonOf({ status, rungs }: HealthReport): string | undefined {
  if (status === 'pass') return undefined
  return (
    rungs.find(({ failure }) => failure !== undefined)?.failure?.code ??
    (status === 'warn' ? 'certificate-ends' : undefined)
  )
}

/** Terminus has the status already, and reserves its name. */
function detailOf(report: HealthReport): Record<string, unknown> {
  const { status, ...details } = healthDetails(report)
  void status
  return details
}
