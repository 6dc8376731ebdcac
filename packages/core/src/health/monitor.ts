import { type Clock, systemClock } from '../clock.ts'
import { type Endpoint, endpointKey, serverOf } from '../endpoint.ts'
import { diagnose } from '../failure/diagnose.ts'
import { NoUsableEndpointError } from '../selection/no-usable-endpoint-error.ts'
import type { ConnectOptions, RungState, SelectorState } from '../selection/selector-state.ts'
import { untilAborted } from '../selection/until-aborted.ts'
import { format } from '../text/format.ts'
import { type Locale, type Sentence, textsFor } from '../text/index.ts'

/** What can be asked how it is: an endpoint selector, or a transport that has one. */
export interface HealthSource {
  /** What is known now. Makes no connection. */
  state(): SelectorState
  /** Makes a real check, and rejects with why nothing works. */
  examine(options: ConnectOptions): Promise<Endpoint>
}

/** How to watch. */
export interface HealthMonitorOptions {
  /** Milliseconds for which a result, or a message that was accepted, answers further questions. @default 30000 */
  readonly ttl?: number | undefined
  /**
   * Milliseconds beyond the ttl for which the last result is given at once while a new check runs. What is older than
   * that says too little: then the check is waited for.
   *
   * @default 300000
   */
  readonly stale?: number | undefined
  /** Milliseconds one check may take, and so the longest anybody waits. Default: the source's own, 30 s. */
  readonly deadline?: number | undefined
  /** The language of message and advice. @default 'en' */
  readonly locale?: Locale | undefined
  /** Where time comes from; for tests. */
  readonly clock?: Clock | undefined
}

/** How the mail is doing. It holds no secret, but names hosts and ports: show it to those who are authorised. */
export interface HealthReport extends SelectorState {
  /** `pass`: the best rung carries mail. `warn`: a lower one does, or a certificate ends soon. `fail`: nothing does. */
  readonly status: 'pass' | 'warn' | 'fail'
  /** When the evidence for it was seen. */
  readonly checkedAt: Date
  /** What is wrong, in a sentence; absent when nothing is. */
  readonly message?: string
  /** What to do about it. */
  readonly advice?: string
}

/** Watches over a source. */
export interface HealthMonitor {
  /** The last report, however old. */
  readonly last: HealthReport | undefined
  /** Milliseconds for which a report holds. */
  readonly ttl: number
  /**
   * Answers from what is known if that is young enough. Else makes one check, whoever asks meanwhile: the last result is
   * given until it ends, and waited for is the first check alone. Never rejects for what the network does.
   *
   * @returns the same object as long as nothing has changed
   * @throws the signal's reason when it fires; the check goes on for the others
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
  const { ttl = 30_000, stale = 300_000, deadline, clock = systemClock, locale = 'en' } = options
  let last: HealthReport | undefined
  let checking: Promise<HealthReport> | undefined

  /** Never rejects: nobody may be waiting for it. */
  const check = async (): Promise<HealthReport> => {
    try {
      await source.examine({ deadline })
      last = reportFrom(source.state(), locale, clock.now())
    } catch (error) {
      const { message, advice } = NoUsableEndpointError.isInstance(error) ? error.diagnosis : diagnose(error, { locale })
      last = { ...source.state(), endpoint: undefined, status: 'fail', checkedAt: new Date(clock.now()), message, advice }
    }
    return last
  }

  return {
    ttl,
    get last() {
      return last
    },
    async check({ signal } = {}) {
      const state = source.state()
      const now = clock.now()
      if (carriesTraffic(state, now - ttl)) {
        // As long as the endpoint is the proof's, nothing can have changed but what is known of the other rungs.
        if (last?.proof !== state.proof || !last?.endpoint) last = reportFrom(state, locale, state.proof!.at.getTime())
        return last
      }
      const freshUntil = last ? last.checkedAt.getTime() + ttl : 0
      if (last && now < freshUntil) return last
      checking ??= check().finally(() => {
        checking = undefined
      })
      if (last && now < freshUntil + stale) return last
      // Who stops waiting does not stop the check, which others may be waiting for.
      const report = await (signal ? untilAborted(checking, signal) : checking)
      signal?.throwIfAborted()
      return report!
    },
  }
}

/** Whether a message was accepted since, at the endpoint that is still the choice: one that has failed since proves nothing. */
function carriesTraffic({ proof, endpoint }: SelectorState, since: number): boolean {
  if (proof?.by !== 'traffic' || !endpoint || proof.at.getTime() <= since) return false
  return endpointKey(proof.endpoint) === endpointKey(endpoint)
}

function reportFrom(state: SelectorState, locale: Locale, now: number): HealthReport {
  const { endpoint, rungs } = state
  const best = rungs[0]
  const used = rungs.find((rung) => endpoint && endpointKey(rung.endpoint) === endpointKey(endpoint))
  const lower = used && used !== best
  const warning = (lower && best?.failure) || certificateWarning(used, locale, now)
  return {
    ...state,
    status: lower || warning ? 'warn' : 'pass',
    checkedAt: new Date(now),
    ...(warning && { message: warning.message, advice: warning.advice }),
  }
}

function certificateWarning(rung: RungState | undefined, locale: Locale, now: number): Sentence | undefined {
  const ends = rung?.tls?.certificate.validTo
  if (!rung || !ends || !(ends.getTime() - now < CERTIFICATE_WARNING)) return undefined
  const { message, advice } = textsFor(locale).health['certificate-ends']
  const values = { server: serverOf(rung.endpoint), date: ends.toISOString().slice(0, 10) }
  return { message: format(message, values), advice: format(advice, values) }
}
