import {
  type ConnectOptions,
  createHealthMonitor,
  type HealthMonitor,
  type HealthMonitorOptions,
  type HealthSource,
} from '@postern/core'

/** One monitor per mailer, shared by the Terminus indicator and the health route. */
const monitors = new WeakMap<object, HealthMonitor>()

/** Maximum milliseconds of one check: enough to reach a lower rung. */
const DEADLINE = 10_000

/** Creates the monitor of a mailer. The signal aborts a running check. */
export function registerMonitor(
  mailer: HealthSource,
  options: HealthMonitorOptions & { readonly signal: AbortSignal },
): void {
  const { signal, ...rest } = options
  const source = {
    state: () => mailer.state(),
    examine: (options: ConnectOptions) => mailer.examine({ ...options, signal }),
  }
  monitors.set(mailer, createHealthMonitor(source, { deadline: DEADLINE, ...rest }))
}

/** Returns the monitor of a mailer, creating one for a test's override; undefined if the mailer has no health. */
export function monitorOf(mailer: object): HealthMonitor | undefined {
  if (!monitors.has(mailer) && isSource(mailer)) monitors.set(mailer, createHealthMonitor(mailer))
  return monitors.get(mailer)
}

function isSource(mailer: object): mailer is HealthSource {
  return ['state', 'examine'].every((method) => typeof (mailer as Record<string, unknown>)[method] === 'function')
}
