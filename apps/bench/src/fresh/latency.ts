import { atLeast, noMoreThan } from '../comparison.ts'
import { withDelay, withSink } from '../sink/start-sink.ts'
import { perSecond, type Row } from '../table.ts'
import { ROUND_TRIP } from './first-mail.ts'
import type { Mails } from './job.ts'
import { compareFresh, type FreshOptions, first, serverAt, typical } from './lines.ts'
import type { Measured } from './run-job.ts'

/** nodemailer's default for `maxMessages`. */
const COUNT = 100

const offers = [
  { chunking: true, roundTrips: 1.1, rate: 1.8 },
  { chunking: false, roundTrips: 2.1, rate: 1 },
] as const

/** Sequential messages over one pooled connection with a delay. */
export async function latency(options: FreshOptions): Promise<Row[]> {
  const rows: Row[][] = []
  for (const { chunking, roundTrips, rate } of offers) {
    const where = `${ROUND_TRIP} ms each, ${chunking ? 'with' : 'without'} CHUNKING`
    const peers = chunking ? options.peers : options.peers.filter((name) => name === 'nodemailer')
    rows.push(
      await withSink({ pipelining: true, chunking }, (sink) =>
        withDelay(sink.ports.starttls[0], ROUND_TRIP, (delay) => {
          const job: Mails = { kind: 'mails', server: serverAt(sink, delay.port), connections: 1, count: COUNT, text: 200 }
          return compareFresh({ job, rounds: 3, warmUp: 0, options: { ...options, peers }, sink, delay }, [
            { what: `round trips per message, ${COUNT} pooled, ${where}`, of: typical(perMessage), show: (count) => count.toFixed(1), goal: noMoreThan(roundTrips, String(roundTrips)) },
            { what: `${COUNT} pooled messages, round trips of ${where}`, of: typical((measured) => COUNT / (first(measured).ms / 1_000)), show: perSecond, goal: atLeast(rate, 0.02) },
          ])
        }),
      ),
    )
  }
  return rows.flat()
}

/** To one decimal place. Includes seven round trips to open the connection. */
function perMessage({ roundTrips }: Measured): number {
  return Math.round((roundTrips / COUNT) * 10) / 10
}
