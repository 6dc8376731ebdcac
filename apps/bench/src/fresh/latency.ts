import { atLeast, noMoreThan } from '../comparison.ts'
import { withDelay, withSink } from '../sink/start-sink.ts'
import { perSecond, type Row } from '../table.ts'
import { ROUND_TRIP } from './first-mail.ts'
import type { Mails } from './job.ts'
import { compareFresh, type Extent, first, serverAt, typical } from './lines.ts'
import type { Measured } from './run-job.ts'

/** As many as nodemailer sends over one connection. */
const COUNT = 100

const offers = [
  { chunking: true, most: 1.1, rate: 1.8 },
  { chunking: false, most: 2.1, rate: 1 },
] as const

/** One message after the other over one connection of a pool, far from the server. */
export async function latency(extent: Extent): Promise<Row[]> {
  const rows: Row[][] = []
  for (const { chunking, most, rate } of offers) {
    const where = `${ROUND_TRIP} ms each, ${chunking ? 'with' : 'without'} CHUNKING`
    const peers = chunking ? extent.peers : extent.peers.filter((name) => name === 'nodemailer')
    rows.push(
      await withSink({ pipelining: true, chunking }, (sink) =>
        withDelay(sink.ports.starttls[0], ROUND_TRIP, (delay) => {
          const job: Mails = { kind: 'mails', server: serverAt(sink, delay.port), connections: 1, count: COUNT, text: 200 }
          return compareFresh({ job, rounds: 3, warmUp: 0, extent: { ...extent, peers }, sink, delay }, [
            { what: `round trips of each of ${COUNT} pooled messages, ${where}`, of: typical(ofEach), show: (count) => count.toFixed(1), goal: noMoreThan(most, String(most)) },
            { what: `${COUNT} pooled messages, round trips of ${where}`, of: typical((measured) => COUNT / (first(measured).ms / 1_000)), show: perSecond, goal: atLeast(rate, 0.02) },
          ])
        }),
      ),
    )
  }
  return rows.flat()
}

/** To one decimal place. Opening the connection is a part of it: seven for all messages together. */
function ofEach({ roundTrips }: Measured): number {
  return Math.round((roundTrips / COUNT) * 10) / 10
}
