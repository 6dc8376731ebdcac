import { type HealthReport, endpointKey } from '@postern/core'

/** What of a report goes out: nothing that names a host or a port, unless the detail was asked for. */
export function reportData(report: HealthReport, detail: boolean): Record<string, unknown> {
  const reason = reasonOf(report)
  return { ...(reason && { reason }), ...(detail && detailOf(report)) }
}

/** A failure code: what is wrong in one word, with no host in it. */
function reasonOf({ status, rungs }: HealthReport): string | undefined {
  if (status === 'pass') return undefined
  return rungs.find(({ failure }) => failure !== undefined)?.failure?.code ?? (status === 'warn' ? 'certificate-ends' : undefined)
}

function detailOf({ message, advice, checkedAt, endpoint, rungs }: HealthReport): Record<string, unknown> {
  return {
    ...(message && { message }),
    ...(advice && { advice }),
    ...(endpoint && { endpoint: endpointKey(endpoint) }),
    checkedAt: checkedAt.toISOString(),
    ports: rungs.map(({ endpoint: { port, security }, standing, failure }) => ({
      port,
      security,
      standing,
      ...(failure && { code: failure.code }),
    })),
  }
}
