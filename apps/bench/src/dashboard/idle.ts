import { setTimeout as delay } from 'node:timers/promises'
import type { ProviderSettings } from '@postern/testing'
import { noMoreThan, rowsOf } from '../comparison.ts'
import { median } from '../measure.ts'
import type { Row } from '../table.ts'
import { type AppOptions, type Served, withApp } from './app.ts'
import { withClients } from './clients.ts'
import { STREAMS } from './streams.ts'

/** A minute has six heartbeats, and one check of the health. */
const PERIOD = 60_000
/** Until each stream has had a heartbeat. */
const WARM_UP = 12_000

/**
 * The CPU time of apps in which nothing happens, with open streams and without. All are measured in the same minute: waiting takes no
 * CPU, and what else the machine does affects all of them.
 */
export async function idle(settings: ProviderSettings, rounds: number): Promise<Row[]> {
  const share = async (served: Served, count: number) => median(await Promise.all(Array.from({ length: rounds }, () => shareOfCore({ served, settings }, count))))
  const [none, own, bare] = await Promise.all([share('dashboard', 0), share('dashboard', STREAMS), share('bare', STREAMS)])
  return [
    ...rowsOf([{ name: 'no stream', own, peer: none }], [{ what: `CPU of an idle app, ${STREAMS} streams, of one core`, of: itself, show: percent }]),
    ...rowsOf([{ name: 'bare event streams', own: own - none, peer: bare - none }], [{ what: `the ${STREAMS} streams alone`, of: itself, show: percent, goal: noMoreThan(0.01, '1 %') }]),
  ]
}

/** The CPU time of one app in proportion to the time, with a number of open streams. */
function shareOfCore(options: AppOptions, count: number): Promise<number> {
  return withApp(options, ({ address, call }) =>
    withClients(address, async (clients) => {
      await clients('open', count)
      await delay(WARM_UP)
      // Collects the garbage of the start, which V8 would do within the minute.
      await call('memory')
      const [startedAt, before] = [performance.now(), await call('cpu')]
      await delay(PERIOD)
      return ((await call('cpu')) - before) / (performance.now() - startedAt)
    }),
  )
}

function itself(value: number): number {
  return value
}

function percent(share: number): string {
  return `${(share * 100).toFixed(2)} %`
}
