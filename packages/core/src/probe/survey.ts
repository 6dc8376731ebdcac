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
import { examine } from './probe.ts'
import type { ProbeReport } from './report.ts'
import { sideBySide } from './side-by-side.ts'

/** How to look at the ports of a host. No wait takes more than half of the deadline: the login needs its time too. */
export interface SurveyOptions extends Omit<SelectionOptions, 'timing'>, DiagnoseAttemptsOptions {
  /** Whether to log in where there are credentials: once, on the recommended port alone, after all the rest. @default true */
  readonly login?: boolean | undefined
}

/** What was seen of every port of a host. */
export interface SurveyReport {
  /** Whether there is a port to recommend, and the login on it, if one was made, was accepted. */
  readonly ok: boolean
  /** Each port: first those that Postern would use, best first. */
  readonly ports: readonly ProbeReport[]
  /** What there is to know about the settings and the recommended port, errors first. */
  readonly findings: readonly Finding[]
  /** The settings with the port and security that are best from here. The secret does not print; absent when no port works. */
  readonly recommended?: SmtpSettings
  /** Why it is not `ok`: everything that failed, read together. */
  readonly diagnosis?: Diagnosis
}

/**
 * Looks at 587, 2525, 465 and 25 side by side, and at the ports of a known provider and of the settings themselves;
 * `candidates` replace them all. It takes the time of the slowest one, and looks the host up once.
 *
 * @returns the report, also when the network fails: it never rejects for that
 * @throws SettingsError for settings with something in them that no finding describes
 * @example
 * const { recommended, diagnosis } = await surveyPorts(parseSettings('smtp://ada:secret@smtp.example.com'))
 * console.log(recommended?.port ?? diagnosis?.advice) // 587
 */
export async function surveyPorts(settings: SmtpSettings, options: SurveyOptions = {}): Promise<SurveyReport> {
  const { candidates, ...rest } = settings
  const { host, port, auth, policy } = rest
  const found = checkSettings(settings, options)
  const given = planEndpoints(settings)
  const usual = candidates ? [] : planEndpoints({ host, policy })
  // A port that was set is compared with the usual ones; a kind of encryption that was asked for comes before them.
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
    const { seen, best } = await sideBySide([...endpoints.values()], mayUse, login, (endpoint, login) => examine(endpoint, bounds, login))
    const chosen = seen[best]
    const ok = chosen?.ok === true
    return {
      ok,
      ports: seen,
      findings: errorsFirst([...new Map([...found, ...(chosen?.findings ?? [])].map((finding) => [finding.code, finding])).values()]),
      ...(chosen && { recommended: { ...rest, ...chosen.endpoint, ...(auth && { auth: hideSecrets(auth) }) } }),
      ...(!ok && { diagnosis: diagnoseAttempts(host, seen.filter(({ endpoint }) => mayUse(endpoint)), options) }),
    }
  } finally {
    end()
  }
}
