import { type Endpoint, type Finding, format, type ProbeReport, type Security } from '@postern/core'
import { longest } from './layout.ts'
import type { Columns, Row } from './output.ts'
import type { CliTexts } from './text/index.ts'
import { portStatus, statusStyles } from './port-status.ts'
import { BAR_WIDTH, stageBar, stageNumbers } from './stage-bar.ts'

/** A port and its encryption, as in the first column: `587 STARTTLS`. */
export function portName({ port, security }: { readonly port: number; readonly security: Security }, texts: CliTexts): string {
  return `${String(port).padStart(5)} ${texts.security[security]}`
}

/** An endpoint in a sentence: `port 587 with STARTTLS`. */
export function endpointName(endpoint: Endpoint | undefined, texts: CliTexts): string | undefined {
  return endpoint && format(texts.endpoint, { port: endpoint.port, security: texts.security[endpoint.security] })
}

/** From this width on, a row of a port has a bar. */
const WIDE = 110

/**
 * The widths of the table of ports, which is printed row by row.
 *
 * @param width that of the terminal; a pipe has no limit, and no bars
 */
export function portColumns(texts: CliTexts, width = Infinity): Columns {
  return {
    name: longest((['starttls', 'implicit'] as const).map((security) => portName({ port: 0, security }, texts))),
    status: longest((['open', 'blocked', 'silent', 'refused', 'accepted', 'unusable'] as const).map((status) => texts.statuses[status])),
    ...(width >= WIDE && width < Infinity && { bar: BAR_WIDTH }),
  }
}

/** The row of a port. In a pipe it has the time of each stage as a number. */
export function portRow(report: ProbeReport, texts: CliTexts, width: number): Row {
  const status = portStatus(report)
  const message = status === 'open' ? describeOpen(report, width === Infinity ? stageNumbers(report) : undefined, texts) : report.failure!.message
  return { ...rowOf(portName(report.endpoint, texts), status, message, texts), bar: stageBar(report) }
}

/** Encryption, certificate, login mechanisms, time. */
function describeOpen({ tls, capabilities, ms }: ProbeReport, stages: string | undefined, { open }: CliTexts): string {
  const mechanisms = capabilities?.auth ?? []
  return [
    ...(tls ? [tls.protocol, format(tls.certificate.daysLeft === 1 ? open.certificateOneDay : open.certificate, { days: tls.certificate.daysLeft })] : []),
    mechanisms.length > 0 ? format(open.login, { mechanisms: mechanisms.join(' ') }) : open.noLogin,
    format(open.time, { ms: Math.round(ms), stages }),
  ].join(', ')
}

/** The row of a login; undefined if none was made. */
export function loginRow({ login, failure }: ProbeReport, texts: CliTexts): Row | undefined {
  if (login.outcome === 'not-tried') return undefined
  return rowOf(`      ${texts.login}`, login.outcome, login.outcome === 'accepted' ? (login.mechanism ?? '') : failure!.message, texts)
}

export function findingRow({ code, severity, message, advice }: Finding, texts: CliTexts): Row {
  return rowOf(code, severity, `${message} ${advice}`, texts)
}

export function rowOf(name: string, status: keyof CliTexts['statuses'], message: string, { statuses }: CliTexts): Row {
  return { name, status: statuses[status], style: statusStyles[status], message }
}

/** The widths for these rows. */
export function columnsFor(rows: readonly Row[]): Columns {
  return { name: longest(rows.map(({ name }) => name)), status: longest(rows.map(({ status }) => status)) }
}
