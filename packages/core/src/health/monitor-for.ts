import { createHealthMonitor, type HealthMonitor, type HealthMonitorOptions, type HealthSource } from './monitor.ts'

/** Milliseconds; long enough to reach a lower rung while 587 is blocked, and short enough for a request. */
const DEADLINE = 10_000

/**
 * The health monitor behind a route or an indicator. A monitor is returned as it is, with its own options.
 *
 * @param source a transport, an endpoint selector, or a health monitor
 * @param options by default with a `deadline` of 10 s, because a request waits for the first check
 * @throws TypeError for any other source; SettingsError for an invalid `ttl` or `deadline`
 * @example
 * const monitor = healthMonitorFor(transport, { ttl: 30_000 })
 * const { status } = await monitor.check()
 */
export function healthMonitorFor(source: HealthSource | HealthMonitor, { deadline = DEADLINE, ...options }: HealthMonitorOptions = {}): HealthMonitor {
  expectSource(source)
  return 'check' in source ? source : createHealthMonitor(source, { deadline, ...options })
}

/** Passing a transporter of nodemailer is an easy mistake, and would otherwise fail at the first request only. */
function expectSource(source: unknown): void {
  const has = (name: string) => typeof (source as Record<string, unknown> | undefined | null)?.[name] === 'function'
  if (has('check') || (has('state') && has('examine'))) return
  const message =
    'The source of a health route must be a transport of @postern/nodemailer, an endpoint selector or a health monitor. ' +
    'A transporter created by nodemailer itself is none of these; with submissionTransport, pass the plug-in.'
  throw Object.assign(new TypeError(message), { code: 'health-source-invalid' })
}
