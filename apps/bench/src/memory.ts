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
    return others.map((peer, index) => {
      const ratio = own / peer
      const judged = index === 0 ? { goal: '≤ 1.00', met: ratio <= 1 } : {}
      const what = `heap of each of ${QUEUED} queued messages`
      return Object.assign({ what, postern: bytes(own), peer: bytes(peer), peerName: queues[index]!.name, ratio: ratio.toFixed(2) }, judged)
    })
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
