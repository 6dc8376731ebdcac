import { setTimeout as delay } from 'node:timers/promises'
import type { ProviderSettings } from '@postern/testing'
import { noMoreThan, rowsOf } from '../comparison.ts'
import { median } from '../measure.ts'
import type { Row } from '../table.ts'
import { type App, type Served, withApp } from './app.ts'
import { withClients } from './clients.ts'
import { STREAMS } from './streams.ts'

const PERIOD = 20_000
/** Until each stream has had a heartbeat. */
const WARM_UP = 12_000

/** The CPU time of an app in which nothing happens, with open streams and without. All are measured in the same periods. */
export async function idle(settings: ProviderSettings, rounds: number): Promise<Row[]> {
  const [none, own, bare] = await Promise.all([
    withApp({ served: 'dashboard', settings }, (app) => shareOfCore(app, rounds)),
    withStreams('dashboard', settings, rounds),
    withStreams('bare', settings, rounds),
  ])
  return [
    ...rowsOf([{ name: 'no stream', own, peer: none }], [{ what: `CPU of an idle app, ${STREAMS} streams, of one core`, of: itself, show: percent }]),
    ...rowsOf([{ name: 'bare event streams', own: own - none, peer: bare - none }], [{ what: `the ${STREAMS} streams alone`, of: itself, show: percent, goal: noMoreThan(0.01, '1 %') }]),
  ]
}

function withStreams(served: Served, settings: ProviderSettings, rounds: number): Promise<number> {
  return withApp({ served, settings }, (app) =>
    withClients(app.address, async (clients) => {
      await clients('open', STREAMS)
      return await shareOfCore(app, rounds)
    }),
  )
}

/** The CPU time of the app's process in proportion to the time. */
async function shareOfCore({ call }: App, rounds: number): Promise<number> {
  await delay(WARM_UP)
  const shares: number[] = []
  for (let round = 0; round < rounds; round++) {
    const [startedAt, before] = [performance.now(), await call('cpu')]
    await delay(PERIOD)
    shares.push(((await call('cpu')) - before) / (performance.now() - startedAt))
  }
  return median(shares)
}

function itself(value: number): number {
  return value
}

function percent(share: number): string {
  return `${(share * 100).toFixed(2)} %`
}
