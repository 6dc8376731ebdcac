import { type Endpoint, serverOf } from '../endpoint.ts'
import { daysUntil, type TlsReport } from '../smtp/tls-report.ts'
import { format } from '../text/format.ts'
import { describeIn } from '../text/translatable.ts'
import { type Locale, textsFor } from '../text/index.ts'
import type { Finding } from './finding.ts'

/** A certificate that expires within this number of days gets a warning: automatic renewal should have happened by then. */
const DAYS = 14

/** The finding for a server certificate that expires soon. It needs a connection, so it is not in the rule table. */
export function certificateExpiring(endpoint: Endpoint, tls: TlsReport | undefined, now: number, locale: Locale): Finding | undefined {
  if (!tls || !(daysUntil(tls.certificate.validTo, now) < DAYS)) return undefined
  const values = { server: serverOf(endpoint), date: tls.certificate.validTo.toISOString().slice(0, 10) }
  return describeIn(locale, (language): Finding => {
    const { message, advice } = textsFor(language).findings['certificate-expiring']
    return { code: 'certificate-expiring', severity: 'warning', message: format(message, values), advice, references: ['RFC 5280 §4.1.2.5'] }
  })
}
