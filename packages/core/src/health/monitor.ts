import { type Clock, systemClock } from '../clock.ts'
import { type Endpoint, endpointKey } from '../endpoint.ts'
import { diagnose } from '../failure/diagnose.ts'
import { NoUsableEndpointError } from '../selection/no-usable-endpoint-error.ts'
import type { ConnectOptions, RungState, SelectorState } from '../selection/selector.ts'

/** What can be asked how it is: an endpoint selector, or a transport that has one. */
export interface HealthSource {
  state(): SelectorState
  /** Makes a real check, and rejects with why nothing works. */
  examine(options: ConnectOptions): Promise<Endpoint>
}

export interface HealthMonitorOptions {
  /** Milliseconds for which a result, or a message that was accepted, answers further questions. @default 30000 */
  readonly ttl?: number | undefined
  /** Where time comes from; for tests. */
  readonly clock?: Clock | undefined
}

/** How the mail is doing. */
export interface HealthReport {
  /** `pass`: the best rung carries mail. `warn`: a lower one does, or a certificate ends soon. `fail`: nothing does. */
  readonly status: 'pass' | 'warn' | 'fail'
  readonly checkedAt: Date
  /** What is wrong, in a sentence; absent when nothing is. */
  readonly message?: string
  readonly advice?: string
  /** Where the mail goes over now. */
  readonly endpoint?: Endpoint
  /** When it was last seen to work, and how. */
  readonly proof?: SelectorState['proof']
  readonly rungs: readonly RungState[]
}

export interface HealthMonitor {
  /** The last report, however old. */
  readonly last: HealthReport | undefined
  /**
   * Answers from what is known if that is young enough, else makes one check, whoever asks meanwhile. Never rejects for
   * what the network does.
   */
  check(options?: { readonly signal?: AbortSignal | undefined }): Promise<HealthReport>
}

/** A certificate that ends within these days is worth a warning: renewal has failed by then. */
const CERTIFICATE_WARNING = 14 * 24 * 3_600_000

/**
 * Watches over a selector or transport without knocking at the server's door each time somebody asks.
 *
 * @example
 * const monitor = createHealthMonitor(transport, { ttl: 30_000 })
 * const { status, message } = await monitor.check()
 */
export function createHealthMonitor(source: HealthSource, options: HealthMonitorOptions = {}): HealthMonitor {
  const { ttl = 30_000, clock = systemClock } = options
  let last: HealthReport | undefined
  let checking: Promise<HealthReport> | undefined

  const check = async (): Promise<HealthReport> => {
    try {
      await source.examine({})
      return reportFrom(source.state(), clock.now())
    } catch (error) {
      return failed(error, source.state(), clock.now())
    }
  }

  return {
    get last() {
      return last
    },
    async check({ signal } = {}) {
      const { proof } = source.state()
      if (proof?.by === 'traffic' && clock.now() - proof.at.getTime() < ttl) {
        return (last = reportFrom(source.state(), clock.now()))
      }
      if (last && clock.now() - last.checkedAt.getTime() < ttl) return last
      checking ??= check().then((report) => {
        checking = undefined
        return (last = report)
      })
      return await abortable(checking, signal)
    },
  }
}

function reportFrom(state: SelectorState, now: number): HealthReport {
  const { endpoint, proof, rungs } = state
  const best = rungs[0]
  const used = rungs.find((rung) => endpoint && endpointKey(rung.endpoint) === endpointKey(endpoint))
  const lower = used !== undefined && used !== best
  const ends = used?.tls?.certificate.validTo.getTime() ?? Infinity
  return {
    status: lower || ends - now < CERTIFICATE_WARNING ? 'warn' : 'pass',
    checkedAt: new Date(now),
    ...(lower && best?.failure && { message: best.failure.message, advice: best.failure.advice }),
    ...(endpoint && { endpoint }),
    ...(proof && { proof }),
    rungs,
  }
}

function failed(error: unknown, { proof, rungs }: SelectorState, now: number): HealthReport {
  const { message, advice } = NoUsableEndpointError.isInstance(error) ? error.diagnosis : diagnose(error)
  return { status: 'fail', checkedAt: new Date(now), message, advice, ...(proof && { proof }), rungs }
}

/** Who stops waiting does not stop the check, which others may be waiting for. */
function abortable<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason as Error)
    if (signal.aborted) return onAbort()
    signal.addEventListener('abort', onAbort, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort))
  })
}
