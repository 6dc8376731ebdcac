import type { ConnectOptions, HealthMonitor, HealthMonitorOptions, HealthSource } from '@postern/core'
import { healthMonitorFor } from '@postern/core/http'

/** One monitor per mailer, shared by the Terminus indicator and the health route. */
const monitors = new WeakMap<object, HealthMonitor>()

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
  monitors.set(mailer, healthMonitorFor(source, rest))
}

/** Returns the monitor of a mailer, creating one for a test's override; undefined if the mailer has no health. */
export function monitorOf(mailer: object): HealthMonitor | undefined {
  if (!monitors.has(mailer) && isSource(mailer)) monitors.set(mailer, healthMonitorFor(mailer))
  return monitors.get(mailer)
}

function isSource(mailer: object): mailer is HealthSource {
  return ['state', 'examine'].every((method) => typeof (mailer as Record<string, unknown>)[method] === 'function')
}
