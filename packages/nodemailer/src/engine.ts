import { createEndpointSelector, type Dial, type EndpointSelector } from '@postern/core'
import { type PoolMemory, type PoolOptions, SubmissionPool } from '@postern/core/submission'
import { Metrics } from './observability/metrics.ts'
import { throwAsync } from './throw-async.ts'
import { transcriptFor } from './observability/transcript.ts'
import { type Notify, type TransportEvents, Watch } from './observability/watch.ts'
import { usualNumbers } from './options/pool-numbers.ts'
import type { SplitOptions } from './options/split-options.ts'
import { customLoginOf } from './delivery/custom-auth.ts'

/** The part of a transport that its engine uses. */
export interface EngineOwner {
  readonly dial: Dial | undefined
  notify<Name extends keyof TransportEvents>(name: Name, ...args: TransportEvents[Name]): void
  notifyIdle(): void
  /** Called when the engine becomes idle. */
  notifyRest(): void
}

/** The working parts of a transport. Created on first use, because many transports are created and rarely used. */
export interface Engine {
  readonly selector: EndpointSelector
  readonly pool: SubmissionPool
  readonly watch: Watch
}

/** What an engine has learnt. It is all that an idle transport keeps. */
export interface EngineMemory {
  readonly pool: PoolMemory
  readonly metrics: Metrics
}

/**
 * Creates the engine of a transport. Idle connections and timers keep the engine in memory, so its callbacks reference the
 * transport weakly. A transport that is no longer referenced is garbage collected, and its connections are closed.
 *
 * @param memory what the transport's previous engine has learnt
 */
export function createEngine(owner: EngineOwner, split: SplitOptions, memory?: EngineMemory): Engine {
  const weak = new WeakRef(owner)
  const selector = createSelector(split, weak)
  const watch = createWatch(selector, weak, split.logger, memory?.metrics)
  const engine = { selector, watch, pool: createPool(split, selector, watch, weak, memory?.pool) }
  forgotten.register(owner, engine, engine)
  return engine
}

/**
 * Retires an idle engine. Many transports send rarely, and an engine takes twice the memory of the rest of a transport.
 *
 * @returns what the next engine needs; undefined if the engine is in use
 */
export function retireEngine(engine: Engine): EngineMemory | undefined {
  const { memory } = engine.pool
  const { isAtRest, metrics } = engine.watch
  if (!memory || !isAtRest) return undefined
  forgotten.unregister(engine)
  return { pool: memory, metrics }
}

/** Closes the connections of a transport that was garbage collected without `close()`. */
const forgotten = new FinalizationRegistry(({ pool, selector }: Engine) => {
  selector.close()
  pool.close(false)
})

function createSelector({ settings, own, mail, login }: SplitOptions, weak: WeakRef<EngineOwner>): EndpointSelector {
  const { locale = 'en', selection } = own
  return createEndpointSelector(settings, {
    ...selection,
    locale,
    authMethod: login.method,
    localAddress: mail.localAddress,
    get dial() {
      return weak.deref()?.dial
    },
  })
}

function createWatch(selector: EndpointSelector, weak: WeakRef<EngineOwner>, logger: SplitOptions['logger'], metrics = new Metrics()): Watch {
  const notify: Notify = (name, ...args) => {
    try {
      weak.deref()?.notify(name, ...args)
    } catch (error) {
      throwAsync(error)
    }
  }
  const watch = new Watch(selector, notify, logger, metrics)
  for (const event of ['selected', 'fallback', 'recovered'] as const) selector.on(event, (change) => watch.changed(event, change))
  selector.on('connecting', (endpoint) => watch.connecting(endpoint))
  selector.on('attempt', (attempt) => watch.attempted(attempt))
  selector.on('exhausted', (error) => watch.exhausted(error))
  return watch
}

function createPool(split: SplitOptions, selector: EndpointSelector, watch: Watch, weak: WeakRef<EngineOwner>, memory: PoolMemory | undefined): SubmissionPool {
  const { own, numbers, mail, logger, secrets, login } = split
  const { locale = 'en', selection, waitForChoice = false } = own
  const options: PoolOptions = {
    ...(numbers ?? usualNumbers(Boolean(mail.pool))),
    waitForChoice,
    locale,
    clock: selection?.clock,
    transcript: logger && transcriptFor(logger, mail),
    onSecret: (credentials) => secrets.learn('pass' in credentials ? credentials.pass : credentials.accessToken),
    customLogin: customLoginOf(mail.customAuth, login.given, login.method),
    onAttempt: (attempt) => watch.attempted(attempt),
    onExhausted: (error) => watch.exhausted(error),
    onIdle: () => setImmediate(() => weak.deref()?.notifyIdle()),
    onRest: () => weak.deref()?.notifyRest(),
  }
  return new SubmissionPool(selector, options, memory)
}
