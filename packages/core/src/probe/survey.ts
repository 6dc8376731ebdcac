import { type Endpoint, endpointKey } from '../endpoint.ts'
import { explainPlan, planEndpoints } from '../policy.ts'
import { SMTP_PORT } from '../ports.ts'
import { checkSettings, errorsFirst } from '../rules/check-settings.ts'
import type { Finding } from '../rules/finding.ts'
import { diagnoseAttempts, type DiagnoseAttemptsOptions, type Diagnosis } from '../selection/diagnosis.ts'
import { resolveOptions, type SelectionOptions } from '../selection/options.ts'
import { hideSecrets } from '../settings/hide-secrets.ts'
import type { SmtpSettings } from '../settings/settings.ts'
import { withDeadline } from '../smtp/deadline.ts'
import type { SenderCheck } from '../smtp/sender-check.ts'
import { throwAsync } from '../throw-async.ts'
import { examine, senderOf } from './probe.ts'
import type { ProbeReport } from './report.ts'
import { examinePorts } from './examine-ports.ts'
import { portsBlocked } from './ports-blocked.ts'

/** Options of `surveyPorts`. Each wait is limited to half of the deadline, so that time is left for the login. */
export interface SurveyOptions extends Omit<SelectionOptions, 'timing'>, DiagnoseAttemptsOptions {
  /** Whether to log in if there are credentials: once, on the recommended port, after all other checks. @default true */
  readonly login?: boolean | undefined
  /** As in `probe`: asked once, on the recommended port, after the login. Default: not asked. */
  readonly checkSender?: SenderCheck | undefined
  /** Called when the examination of a port starts, and again with its report. The port of the login is examined twice. */
  readonly onProgress?: ((progress: SurveyProgress) => void) | undefined
}

/** The progress of a survey on one port. */
export interface SurveyProgress {
  readonly endpoint: Endpoint
  /** Whether the login or the sender is tested, on the recommended port, after all ports were examined without. */
  readonly isLogin: boolean
  /** Absent when the examination starts. */
  readonly report?: ProbeReport
}

/** The result of a survey. */
export interface SurveyReport {
  /** Whether a port can be recommended, and the login on it, if any, was accepted. */
  readonly ok: boolean
  /** A report for each port: first the ports that Postern would use, best first. */
  readonly ports: readonly ProbeReport[]
  /** Findings about the settings and the recommended port, errors first. */
  readonly findings: readonly Finding[]
  /** The settings with the best port and security. Printing them hides the secret. Absent if no port works. */
  readonly recommended?: SmtpSettings
  /** The combined diagnosis of all failures; absent if `ok`. */
  readonly diagnosis?: Diagnosis
}

/**
 * Examines 587, 2525, 465 and 25 concurrently, and the ports of a known provider and of the settings; `candidates` replaces all of
 * these. Takes as long as the slowest port. The host is resolved once.
 *
 * @returns the report; failures of the network are part of it and never reject
 * @throws SettingsError for errors in the settings that no finding covers, and for an invalid `checkSender`
 * @example
 * const { recommended, diagnosis } = await surveyPorts(parseSettings('smtp://ada:secret@smtp.example.com'))
 * console.log(recommended?.port ?? diagnosis?.advice) // 587
 */
export async function surveyPorts(settings: SmtpSettings, options: SurveyOptions = {}): Promise<SurveyReport> {
  const { candidates, ...rest } = settings
  const { host, port, auth, policy } = rest
  const sender = senderOf({ ...options, auth })
  const found = checkSettings(settings, options)
  const given = planEndpoints(settings)
  const usual = candidates ? [] : planEndpoints({ host, policy })
  // A `port` that was set ranks after the usual ports; a `security` that was set ranks before them.
  const ladder = port === undefined ? [...given, ...usual] : [...usual, ...given]
  const others = candidates ? [] : explainPlan({ host, policy })
  const endpoints = new Map(
    [...ladder, ...others].map(({ port, security }) => [endpointKey({ host, port, security }), { host, port, security }]),
  )
  const usable = new Set(ladder.filter(({ port }) => port !== SMTP_PORT || policy?.allowPort25).map(endpointKey))
  const mayUse = (endpoint: Endpoint) => usable.has(endpointKey(endpoint))

  const { deadline, session } = resolveOptions(settings, options)
  const { signal, end } = withDeadline(deadline, options.signal)
  const bounds = { ...session(signal), longestWait: deadline / 2 }
  const login = auth !== undefined && options.login !== false
  try {
    const { reports, best } = await examinePorts([...endpoints.values()], mayUse, login || sender !== undefined, async (endpoint, isLogin) => {
      notify(options, { endpoint, isLogin })
      const report = await examine(endpoint, bounds, isLogin ? { login, sender } : { login: false })
      notify(options, { endpoint, isLogin, report })
      return report
    })
    const chosen = reports[best]
    const ok = chosen?.ok === true
    // Without a port that works, the diagnosis covers it.
    const blocked = chosen && portsBlocked(host, reports.map(({ endpoint: { port }, failure }) => ({ port, failure })), options.locale ?? 'en')
    const more = [...(chosen?.findings ?? []), ...(blocked ? [blocked] : [])]
    return {
      ok,
      ports: reports,
      findings: errorsFirst([...new Map([...found, ...more].map((finding) => [finding.code, finding])).values()]),
      ...(chosen && { recommended: { ...rest, ...chosen.endpoint, ...(auth && { auth: hideSecrets(auth) }) } }),
      ...(!ok && { diagnosis: diagnoseAttempts(host, reports.filter(({ endpoint }) => mayUse(endpoint)), options) }),
    }
  } finally {
    end()
  }
}

function notify({ onProgress }: SurveyOptions, progress: SurveyProgress): void {
  try {
    onProgress?.(progress)
  } catch (error) {
    throwAsync(error)
  }
}
