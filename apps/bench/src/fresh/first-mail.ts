import { atMost, noMoreThan } from '../comparison.ts'
import { withDelay, withSink } from '../sink/start-sink.ts'
import type { Row } from '../table.ts'
import { compareFresh, type FreshOptions, first, serverAt, typical, warm } from './lines.ts'
import type { Mails, Server } from './job.ts'

export const ROUND_TRIP = 50

/** The first message of a fresh process, as in a serverless function, and of a process that has sent others. */
export async function firstMail(options: FreshOptions): Promise<Row[]> {
  const withoutDelay = await withSink({ pipelining: true, chunking: true }, (sink) =>
    compareFresh({ job: oneMail(serverAt(sink), 100), rounds: 15, options, sink }, [
      { what: 'first mail, fresh process', of: typical((measured) => first(measured).ms), goal: atMost(1.05) },
      { what: 'first mail, fresh process, CPU', of: typical((measured) => first(measured).cpu) },
      { what: 'from process start to first mail', of: typical(({ whole }) => whole), goal: atMost(1.15) },
      { what: 'the import alone', of: typical(({ imported }) => imported) },
      { what: 'first mail, after 50 others in the process', of: typical(warm) },
    ]),
  )
  const rows = [withoutDelay]
  for (const chunking of [true, false]) {
    rows.push(
      await withSink({ pipelining: true, chunking }, (sink) =>
        withDelay(sink.ports.starttls[0], ROUND_TRIP, (delay) => {
          const where = `${ROUND_TRIP} ms each, ${chunking ? 'with' : 'without'} CHUNKING`
          const maximum = chunking ? 8 : 9
          return compareFresh({ job: oneMail(serverAt(sink, delay.port), 1), rounds: 5, options, sink, delay }, [
            { what: `round trips of a first mail, ${where}`, of: typical(({ roundTrips }) => roundTrips), show: String, goal: noMoreThan(maximum, String(maximum)) },
            { what: `first mail, fresh process, round trips of ${where}`, of: typical((measured) => first(measured).ms) },
          ])
        }),
      ),
    )
  }
  return rows.flat()
}

function oneMail(server: Server, times: number): Mails {
  return { kind: 'mails', server, connections: 0, count: 1, text: 200, times }
}
