import { createEndpointSelector, type Dial, type EndpointSelector } from '@postern/core'
import { type PoolMemory, type PoolOptions, SubmissionPool } from '@postern/core/submission'
import { Metrics } from './observability/metrics.ts'
import { throwAsync } from './throw-async.ts'
import { transcriptFor } from './observability/transcript.ts'
import { type Notify, type TransportEvents, Watch } from './observability/watch.ts'
import type { SplitOptions } from './options/split-options.ts'
import { customLoginOf } from './delivery/custom-auth.ts'

/** What the engine needs of the transport that it works for. */
export interface EngineOwner {
  readonly dial: Dial | undefined
  notify<Name extends keyof TransportEvents>(name: Name, ...args: TransportEvents[Name]): void
  notifyIdle(): void
  /** The engine has nothing to do. */
  notifyRest(): void
}

/** The parts of a transport that work: made with its first use, as many transports wait for theirs. */
export interface Engine {
  readonly selector: EndpointSelector
  readonly pool: SubmissionPool
  readonly watch: Watch
}

/** What an engine has learnt: all that is kept of it while there is nothing to do. */
export interface EngineMemory {
  readonly pool: PoolMemory
  readonly metrics: Metrics
}

/**
 * Makes the parts of a transport. Idle connections and timers keep them, so none of their callbacks may refer to the
 * transport but weakly: one that is no longer referenced is collected, and its connections are closed.
 *
 * @param memory of the transport's engine before this one
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
 * Takes an engine out of use: many transports send seldom, and an engine takes twice the memory of everything else.
 *
 * @returns what the next one needs of it; undefined where it is in use
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
    ...numbers,
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
