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

/** Options of `selectEndpoint`. */
export interface SelectEndpointOptions extends SelectionOptions {
  /**
   * Whether to log in once if there are credentials. Otherwise only checks that the server offers a usable login.
   *
   * @default false
   */
  readonly login?: boolean | undefined
}

/** The result of `selectEndpoint`. */
export interface Selection {
  /** The best endpoint that works. */
  readonly endpoint: Endpoint
  /** The report of the connection to it. */
  readonly report: ProbeReport
  /** Every attempt, in the order in which they started. */
  readonly attempts: readonly Attempt[]
}

/**
 * Finds the best endpoint that works from this machine. Connects, starts TLS and sends EHLO, and logs in only if `login` is
 * set.
 *
 * @throws NoUsableEndpointError with every attempt and a diagnosis
 * @throws SettingsError if the settings allow no endpoint
 * @example
 * const { endpoint } = await selectEndpoint(parseSettings('smtp://ada:secret@smtp.example.com'))
 * endpoint // { host: 'smtp.example.com', port: 587, security: 'starttls' }
 */
export async function selectEndpoint(settings: SmtpSettings, options: SelectEndpointOptions = {}): Promise<Selection> {
  const endpoints = endpointsFor(settings, options.locale)
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
