import { atMost, rowsOf } from './comparison.ts'
import { onEmbedded, queuingPeers, type Peer } from './setups.ts'
import { postern, type SenderFactory, type Target } from './senders.ts'
import type { Row } from './table.ts'

const QUEUED = 20_000

/** The memory of a queued message while the provider does not answer. */
export function queuedMemory(): Promise<Row[]> {
  return onEmbedded(async ({ target }) => {
    const senders: readonly Peer[] = [{ name: 'Postern', make: postern }, ...queuingPeers]
    const heaps: number[] = []
    for (const { make } of senders) {
      await heapPerMessage(make, target, 2_000)
      heaps.push(await heapPerMessage(make, target, QUEUED))
    }
    const [own, ...others] = heaps as [number, ...number[]]
    const pairs = others.map((peer, index) => ({ name: queuingPeers[index]!.name, own, peer }))
    return rowsOf(pairs, [{ what: `heap per message, ${QUEUED} queued`, of: (bytes) => bytes, show: bytes, goal: atMost(1) }])
  }, 'silent')
}

async function heapPerMessage(make: SenderFactory, target: Target, count: number): Promise<number> {
  const sender = make(target, { pool: true })
  globalThis.gc?.()
  const before = process.memoryUsage().heapUsed
  const all = Array.from({ length: count }, (_, index) => sender.send(`message ${index}`).catch(() => {}))
  // Lets the library finish its immediate work on new messages.
  for (let count = 0; count < 50; count++) await new Promise(setImmediate)
  globalThis.gc?.()
  const grown = process.memoryUsage().heapUsed - before
  sender.close({ force: true })
  await Promise.race([Promise.all(all), new Promise((resolve) => setTimeout(resolve, 5_000).unref())])
  return grown / count
}

function bytes(count: number): string {
  return `${Math.round(count)} B`
}
