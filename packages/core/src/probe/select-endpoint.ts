import type { Endpoint } from '../endpoint.ts'
import type { Attempt } from '../selection/attempt.ts'
import { climb } from '../selection/climb.ts'
import { diagnoseAttempts } from '../selection/diagnosis.ts'
import { NoUsableEndpointError } from '../selection/no-usable-endpoint-error.ts'
import { endpointsFor, resolveOptions, type SelectionOptions } from '../selection/options.ts'
import { offersLogin } from '../selection/selector-core.ts'
import type { SmtpSettings } from '../settings/settings.ts'
import { withDeadline } from '../smtp/deadline.ts'
import { type ProbeReport, reportOf } from './report.ts'

/** How to find an endpoint. */
export interface SelectEndpointOptions extends SelectionOptions {
  /**
   * Whether to log in, once, where there are credentials. Otherwise it is only checked that a login is offered.
   *
   * @default false
   */
  readonly login?: boolean | undefined
}

/** An endpoint that works from here. */
export interface Selection {
  /** The best one that works. */
  readonly endpoint: Endpoint
  /** What was seen of it. */
  readonly report: ProbeReport
  /** Every attempt, in the order in which they began. */
  readonly attempts: readonly Attempt[]
}

/**
 * Finds the best endpoint that works from where this runs. Connects as far as TLS and sends nothing but EHLO there,
 * unless `login` is set.
 *
 * @throws NoUsableEndpointError with every attempt and a diagnosis
 * @throws SettingsError when the settings leave nothing to try
 * @example
 * const { endpoint } = await selectEndpoint(parseSettings('smtp://ada:secret@smtp.example.com'))
 * endpoint // { host: 'smtp.example.com', port: 587, security: 'starttls' }
 */
export async function selectEndpoint(settings: SmtpSettings, options: SelectEndpointOptions = {}): Promise<Selection> {
  const endpoints = endpointsFor(settings)
  const { deadline, timing, session: sessionOptions } = resolveOptions(settings, options)
  const { signal, end } = withDeadline(deadline, options.signal)
  try {
    const race = { session: sessionOptions(signal), qualify: offersLogin }
    const { session, attempts } = await climb(endpoints, timing, race, async (session) => {
      if (options.login) await session.logIn()
    })
    if (!session) throw new NoUsableEndpointError(attempts, diagnoseAttempts(settings.host, attempts, options))
    const report = reportOf(session)
    session.quit()
    return { endpoint: session.endpoint, report, attempts }
  } finally {
    end()
  }
}
