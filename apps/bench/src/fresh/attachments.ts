import { atLeast, atMost } from '../comparison.ts'
import { withSink } from '../sink/start-sink.ts'
import type { Row } from '../table.ts'
import type { Mails } from './job.ts'
import { compareFresh, type FreshOptions, first, serverAt, typical } from './lines.ts'

const COUNT = 20
const SIZE = 5_000_000

/** Messages with large attachments, over one connection and over five. */
export async function attachments(options: FreshOptions): Promise<Row[]> {
  return await withSink({ pipelining: true, chunking: true }, async (sink) => {
    const rows: Row[][] = []
    for (const connections of [1, 5]) {
      const job: Mails = { kind: 'mails', server: serverAt(sink), connections, count: COUNT, text: 200, attached: SIZE }
      const where = connections === 1 ? '1 connection' : `${connections} connections`
      rows.push(
        await compareFresh({ job, rounds: 5, options, sink }, [
          { what: `${COUNT} × 5 MB attached, ${where}`, of: typical((measured) => (COUNT * SIZE) / 1e6 / (first(measured).ms / 1_000)), show: megabytes, goal: atLeast(1.15) },
          { what: `write calls per message, ${where}`, of: typical((measured) => first(measured).writes / COUNT), show: (count) => count.toFixed(1), goal: atMost(1) },
        ]),
      )
    }
    return rows.flat()
  })
}

function megabytes(count: number): string {
  return `${count.toFixed(0)} MB/s`
}
