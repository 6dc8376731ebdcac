import { planEndpoints, probe, type ProbeOptions, type ProbeReport, type SmtpSettings, type TlsReport, type TlsSettings } from '@postern/core'

/** The examination of an endpoint that shows a certificate. */
export type Presented = ProbeReport & { readonly tls: TlsReport }

/** Examines the endpoint of a server with the given trust. */
export async function examineTrust(endpoint: ProbeReport['endpoint'], tls: TlsSettings | undefined, { clientName }: SmtpSettings, options: ProbeOptions): Promise<ProbeReport> {
  // Without verification there would be no reason why a certificate is not trusted.
  return await probe(endpoint, { ...options, clientName, tls: { ...tls, rejectUnauthorized: true } })
}

/**
 * Examines the endpoints that the settings would use, all at the same time.
 *
 * @returns the best one that shows a certificate; without one, the reports of all
 */
export async function findPresented(settings: SmtpSettings, options: ProbeOptions): Promise<Presented | readonly ProbeReport[]> {
  const others = new AbortController()
  const signal = AbortSignal.any([others.signal, ...(options.signal ? [options.signal as AbortSignal] : [])])
  const examinations = planEndpoints(settings).map((endpoint) => examineTrust(endpoint, settings.tls, settings, { ...options, signal }))
  const reports: ProbeReport[] = []
  for (const examination of examinations) {
    const report = await examination
    if (isPresented(report)) {
      others.abort()
      return report
    }
    reports.push(report)
  }
  return reports
}

/** Whether a certificate was shown. Its PEM is absent if the server echoes a secret in it. */
export function isPresented(found: Presented | ProbeReport | readonly ProbeReport[]): found is Presented {
  return 'tls' in found && found.tls?.certificate.pem !== undefined
}
