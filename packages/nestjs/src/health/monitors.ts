import {
  type ConnectOptions,
  createHealthMonitor,
  type HealthMonitor,
  type HealthMonitorOptions,
  type HealthSource,
} from '@postern/core'

/** One monitor for each mailer, so that whoever asks shares its answer. */
const monitors = new WeakMap<object, HealthMonitor>()

/** Milliseconds the first check may take, and so the longest anybody waits: enough to reach a lower rung. */
const DEADLINE = 10_000

/** Decides how a mailer's health is watched. The signal ends a check that is under way. */
export function keepMonitor(
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

/** The monitor of a mailer, also of one that a test put in place; none if it cannot tell how it is. */
export function monitorOf(mailer: object): HealthMonitor | undefined {
  if (!monitors.has(mailer) && isSource(mailer)) monitors.set(mailer, createHealthMonitor(mailer))
  return monitors.get(mailer)
}

function isSource(mailer: object): mailer is HealthSource {
  return ['state', 'examine'].every((method) => typeof (mailer as Record<string, unknown>)[method] === 'function')
}
