import { withEmbedded } from './embedded.ts'
import { measure, WARM_UP } from './measure.ts'
import { handWrittenLoop, oneMail, plainNodemailer, postern, type Sender, targetIn } from './senders.ts'
import { pooledThroughput } from './sending.ts'
import { milliseconds, type Row } from './table.ts'
import { upyoPool } from './upyo.ts'

const QUEUED = 20_000

/** First mail on the embedded provider, all ports open. */
export function embeddedFirstMail(): Promise<Row[]> {
  return withEmbedded(async (settings) => {
    const target = targetIn(settings)
    const rows: Row[] = []
    // Each beside Postern alone: two that run the same code would have it warmer than ours.
    for (const [peerName, make] of [['nodemailer', plainNodemailer()], ['hand-written loop', handWrittenLoop], ['@upyo/pool', upyoPool]] as const) {
      const [own, peer] = await measure([oneMail(() => postern(target)), oneMail(() => make(target))], 300, WARM_UP)
      const ratio = own!.median / peer!.median
      const goal = peerName === 'nodemailer' && { goal: '≤ 1.02', met: ratio <= 1.02 }
      rows.push(Object.assign({ what: 'first mail, embedded', postern: milliseconds(own!.median), peer: milliseconds(peer!.median), peerName, ratio: ratio.toFixed(2) }, goal))
    }
    return rows
  })
}

/** Many messages at once, over five connections: a burst, and one that lasts. */
export function embeddedThroughput(): Promise<Row[]> {
  return withEmbedded(async (settings) => [
    ...(await pooledThroughput(targetIn(settings), 'embedded', { rounds: 45, warmUp: 20 })),
    ...(await pooledThroughput(targetIn(settings), 'embedded', { count: 2_000, warmUp: 4 })),
    ...(await pooledThroughput(targetIn(settings), 'embedded, a plug-in', { rounds: 45, warmUp: 20, plugIn: true })),
  ])
}

/** What a message costs that waits in a pool whose provider says nothing. */
export function queuedMemory(): Promise<Row> {
  return withEmbedded(async (settings) => {
    const target = targetIn(settings)
    const [ours, theirs] = [() => postern(target, { pool: true }), () => plainNodemailer()(target, { pool: true })]
    await queued(theirs, 2_000)
    await queued(ours, 2_000)
    const peer = await queued(theirs)
    const own = await queued(ours)
    const ratio = own / peer
    return { what: `heap of each of ${QUEUED} queued messages`, postern: bytes(own), peer: bytes(peer), peerName: 'nodemailer pool', ratio: ratio.toFixed(2), goal: '≤ 1.00', met: ratio <= 1 }
  }, 'silent')
}

async function queued(make: () => Sender, count = QUEUED): Promise<number> {
  const sender = make()
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
