import { onTestFinished, vi } from 'vitest'
import type { Clock } from '../src/clock.ts'
import type { Attempt } from '../src/selection/attempt.ts'
import type { SelectorOptions } from '../src/selection/selector-state.ts'
import { createEndpointSelector, type EndpointSelector } from '../src/selection/selector.ts'
import type { SmtpSettings } from '../src/settings/settings.ts'
import { type MessageBody, messageBody } from '../src/submission/body.ts'
import type { PoolMemory, PoolOptions } from '../src/submission/pool-options.ts'
import { SubmissionPool } from '../src/submission/pool.ts'
import type { Submission, SubmissionOutcome } from '../src/submission/submission.ts'
import { defaultTimeouts } from '../src/submission/timeouts.ts'
import { ca } from './certificates.ts'
import { MailServer, type MailServerOptions, type Script } from './mail-server.ts'

/** Milliseconds; longer than any test. */
export const NEVER = 3_600_000

/** The system clock, or vitest's fake timers if the test has installed them. */
const clock: Clock = {
  now: () => Date.now(),
  random: () => 0.5,
  after(ms, run) {
    const timer = setTimeout(run, ms).unref()
    return () => clearTimeout(timer)
  },
}

export interface PoolUnderTest {
  readonly pool: SubmissionPool
  readonly selector: EndpointSelector
  /** Attempts that failed after their connection had opened. */
  readonly attempts: Attempt[]
  /** Adds a message. @returns its outcome, with the number of calls of `settle` */
  readonly send: (text: string | MessageBody, options?: Partial<Submission>) => Sending
}

export interface Sending extends Promise<SubmissionOutcome> {
  /** The number of calls of `settle`. */
  readonly settled: () => number
}

/** Starts a server that is closed at the end of the test. */
export async function startServer(script: Script = {}, options: MailServerOptions = {}): Promise<MailServer> {
  const server = await MailServer.start(script, options)
  onTestFinished(() => server[Symbol.asyncDispose]())
  return server
}

export interface PoolSetUp extends Partial<PoolOptions> {
  readonly auth?: SmtpSettings['auth']
  readonly selection?: SelectorOptions
  /** The memory of another pool over the same servers. */
  readonly memory?: PoolMemory | undefined
}

/** A pool with these servers as endpoints, in this order. */
export function poolOver(servers: readonly MailServer[], { auth, selection, memory, ...options }: PoolSetUp = {}): PoolUnderTest {
  const settings: SmtpSettings = {
    host: '127.0.0.1',
    tls: { ca },
    candidates: servers.map(({ port, isSecure }) => ({ port, security: isSecure ? ('implicit' as const) : ('none' as const) })),
    ...(auth && { auth }),
  }
  const selector = createEndpointSelector(settings, { clock, timing: { attemptDelay: NEVER, preferenceGrace: NEVER }, ...selection })
  const attempts: Attempt[] = []
  const pool = new SubmissionPool(selector, {
    keepsConnections: true,
    maxConnections: 5,
    maxMessages: Infinity,
    rateLimit: 0,
    rateDelta: 1_000,
    idleTimeout: NEVER,
    endpointTimeout: 30_000,
    deadline: Infinity,
    timeouts: defaultTimeouts,
    waitForChoice: false,
    locale: 'en',
    clock,
    onAttempt: (attempt) => attempts.push(attempt),
    onExhausted: () => {},
    onIdle: () => {},
    ...options,
  }, memory)
  onTestFinished(() => {
    pool.close(true)
    selector.close()
  })
  return { pool, selector, attempts, send: (text, given) => send(pool, text, given) }
}

function send(pool: SubmissionPool, text: string | MessageBody, given: Partial<Submission> = {}): Sending {
  let count = 0
  const outcome = new Promise<SubmissionOutcome>((resolve) => {
    const submission: Submission = {
      envelope: { from: 'ada@example.com', to: ['bob@example.net'] },
      body: typeof text === 'string' ? messageBody(text) : text,
      settle: (result) => {
        count += 1
        resolve(result)
      },
    }
    // Copies getters without calling them.
    pool.add(Object.defineProperties(submission, Object.getOwnPropertyDescriptors(given)))
  })
  return Object.assign(outcome, { settled: () => count })
}

/** A short summary of an outcome: `accepted`, `sender-rejected`, `connection-lost, unknown`, `no-usable-endpoint, retryable`. */
export function resultOf(outcome: SubmissionOutcome): string {
  if (outcome.isAccepted) return 'accepted'
  const { failure, delivery, retryable } = outcome
  return [failure.code, delivery === 'unknown' && 'unknown', retryable && 'retryable'].filter(Boolean).join(', ')
}

/** Installs fake timers: time advances only with `vi.advanceTimersByTimeAsync`. Sockets work as usual. */
export function stopTime(): void {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date', 'performance'] })
  onTestFinished(() => void vi.useRealTimers())
}

/** This number of different messages. */
export const numbered = (count: number): string[] => Array.from({ length: count }, (_, index) => `Message ${index}\r\n`)
