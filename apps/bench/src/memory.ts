import { atMost, rowsOf } from './comparison.ts'
import { onEmbedded, queues, type Peer } from './places.ts'
import { postern, type SenderFactory, type Target } from './senders.ts'
import type { Row } from './table.ts'

const QUEUED = 20_000

/** What a message costs that waits in a pool whose provider says nothing. */
export function queuedMemory(): Promise<Row[]> {
  return onEmbedded(async ({ target }) => {
    const everybody: readonly Peer[] = [{ name: 'Postern', make: postern }, ...queues]
    const heaps: number[] = []
    for (const { make } of everybody) {
      await heapOfEach(make, target, 2_000)
      heaps.push(await heapOfEach(make, target, QUEUED))
    }
    const [own, ...others] = heaps as [number, ...number[]]
    const pairs = others.map((peer, index) => ({ name: queues[index]!.name, own, peer }))
    return rowsOf(pairs, [{ what: `heap of each of ${QUEUED} queued messages`, of: (bytes) => bytes, show: bytes, goal: atMost(1) }])
  }, 'silent')
}

async function heapOfEach(make: SenderFactory, target: Target, count: number): Promise<number> {
  const sender = make(target, { pool: true })
  globalThis.gc?.()
  const before = process.memoryUsage().heapUsed
  const all = Array.from({ length: count }, (_, index) => sender.send(`message ${index}`).catch(() => {}))
  // Whatever is done at once with a new message is done after this.
  for (let turn = 0; turn < 50; turn++) await new Promise(setImmediate)
  globalThis.gc?.()
  const grown = process.memoryUsage().heapUsed - before
  sender.close({ force: true })
  await Promise.race([Promise.all(all), new Promise((resolve) => setTimeout(resolve, 5_000).unref())])
  return grown / count
}

function bytes(count: number): string {
  return `${Math.round(count)} B`
}
