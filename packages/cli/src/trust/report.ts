import { format } from '@postern/core'
import type { Invocation } from '../command.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import type { ShownCertificate, TrustReport } from '../json-output.ts'
import { wrap } from '../layout.ts'
import { verdictStyles } from '../port-status.ts'
import type { Output } from '../output.ts'
import { endpointName } from '../rows.ts'
import type { CliTexts } from '../text/index.ts'
import type { Pin } from './pin.ts'
import type { Presented } from './presented.ts'

/** How the command ends. */
export interface TrustResult {
  readonly host: string
  readonly exit: ExitCode
  readonly verdict: string
  /** Absent if no port shows a certificate. */
  readonly presented?: Presented
  /** The settings that trust the server; absent if none are needed, or none help. */
  readonly pin?: Pin
}

/** Prints the certificates, that of the server first, and why they are not trusted. */
export function showChain({ endpoint, tls, failure }: Presented, host: string, out: Output, texts: CliTexts): void {
  const { trust: words } = texts
  out.paragraph(format(words.headline, { host, endpoint: endpointName(endpoint, texts) }), 'bold')
  for (const { role, names, issuer, validFrom, validTo, daysLeft, fingerprint } of certificatesOf(tls.certificate)) {
    const days = daysLeft < 0 ? undefined : daysLeft
    const validity = format(words.validity, { issuer, from: dayOf(validFrom), to: dayOf(validTo), days })
    out.line()
    out.paragraph(`${words[role]}: ${names.join(', ')}`)
    out.lines(wrap(validity, out.width - 2).map((line) => `  ${line}`))
    out.line(`  ${fingerprint}`)
  }
  if (tls.verified) return
  out.line()
  if (failure) out.paragraph(failure.message, 'yellow')
  out.paragraph(words.compare)
}

/** Prints the settings and the verdict, or everything as JSON. */
export function reportTrust(result: TrustResult, out: Output, { options, texts: { headings, trust } }: Invocation): ExitCode {
  const { exit, verdict, pin } = result
  if (options.format === 'json') {
    out.json(jsonOf(result, trust.compare))
    return exit
  }
  if (pin) {
    out.section(trust.settings)
    out.line(`${headings.postern}:`, 'dim')
    out.line(`  ${pin.postern}`)
    out.line(`${headings.environment}:`, 'dim')
    out.lines(pin.environment.map((line) => `  ${line}`))
  }
  out.line()
  out.paragraph(verdict, verdictStyles[exit])
  return exit
}

function jsonOf({ host, exit, verdict, presented, pin }: TrustResult, notice: string): TrustReport {
  return {
    version: 1,
    host,
    ok: exit !== exitCode.fails,
    verdict,
    port: presented?.endpoint.port ?? null,
    security: presented?.endpoint.security ?? null,
    trusted: presented?.tls.verified ?? false,
    code: presented?.tls.unverified ?? null,
    notice: presented && !presented.tls.verified ? notice : null,
    certificates: presented ? certificatesOf(presented.tls.certificate) : [],
    pin: pin ? { certificate: pin.role, fingerprint: pin.certificate.fingerprint, postern: pin.postern, environment: pin.environment } : null,
  }
}

function certificatesOf({ chain, ...server }: Presented['tls']['certificate']): readonly ShownCertificate[] {
  return [{ role: 'server', ...server }, ...chain.map((one) => ({ role: 'authority' as const, ...one }))]
}

/** Certificates that are not trusted may have any content: a date may be invalid. */
function dayOf(date: Date): string {
  return Number.isNaN(date.getTime()) ? '?' : date.toISOString().slice(0, 10)
}
