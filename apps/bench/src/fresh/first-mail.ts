import { atMost, noMoreThan } from '../comparison.ts'
import { withDelay, withSink } from '../sink/start-sink.ts'
import type { Row } from '../table.ts'
import { compareFresh, type Extent, first, serverAt, typical, warm } from './lines.ts'
import type { Mails, Server } from './job.ts'

export const ROUND_TRIP = 50

/** The first mail of a process, as a function or a command sends it, and the same in a process that has sent some. */
export async function firstMail(extent: Extent): Promise<Row[]> {
  const atOnce = await withSink({ pipelining: true, chunking: true }, (sink) =>
    compareFresh({ job: oneMail(serverAt(sink), 100), rounds: 15, extent, sink }, [
      { what: 'first mail, fresh process', of: typical((measured) => first(measured).ms), goal: atMost(1.05) },
      { what: 'first mail, fresh process, CPU', of: typical((measured) => first(measured).cpu) },
      { what: 'from the start of the process to the first mail', of: typical(({ whole }) => whole), goal: atMost(1.15) },
      { what: 'the import alone', of: typical(({ imported }) => imported) },
      { what: 'first mail, after 50 others in the process', of: typical(warm) },
    ]),
  )
  const rows = [atOnce]
  for (const chunking of [true, false]) {
    rows.push(
      await withSink({ pipelining: true, chunking }, (sink) =>
        withDelay(sink.ports.starttls[0], ROUND_TRIP, (delay) => {
          const where = `${ROUND_TRIP} ms each, ${chunking ? 'with' : 'without'} CHUNKING`
          const most = chunking ? 8 : 9
          return compareFresh({ job: oneMail(serverAt(sink, delay.port), 1), rounds: 5, extent, sink, delay }, [
            { what: `round trips of a first mail, ${where}`, of: typical(({ roundTrips }) => roundTrips), show: String, goal: noMoreThan(most, String(most)) },
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
