import { atMost, noMoreThan } from '../comparison.ts'
import { withSink } from '../sink/start-sink.ts'
import { kilobytes, type Row } from '../table.ts'
import { compareFresh, type Extent, serverAt, typical } from './lines.ts'

const COUNT = 1_000

/** What a transport takes that does nothing. */
export async function transports(extent: Extent): Promise<Row[]> {
  return await withSink({ pipelining: true, chunking: true }, async (sink) => {
    const server = serverAt(sink)
    const created = await compareFresh({ job: { kind: 'create', server, count: COUNT }, rounds: 9, extent, sink }, [
      { what: `each of ${COUNT} × createTransport`, of: typical(({ created }) => created!.each * 1_000), show: microseconds, goal: atMost(2) },
      { what: 'the first createTransport', of: typical(({ created }) => created!.first), show: (ms) => `${ms.toFixed(2)} ms`, goal: noMoreThan(2, '2 ms') },
    ])
    // `@upyo/smtp` keeps its connection open after one message: it would not be idle in the same way.
    const beside = { ...extent, peers: extent.peers.filter((name) => name === 'nodemailer') }
    const heap = async (used: boolean): Promise<Row[]> =>
      await compareFresh({ job: { kind: 'idle', server, count: COUNT, used }, rounds: 3, warmUp: 0, extent: beside, sink }, [
        { what: `heap of an idle transport, ${used ? 'used once' : 'never used'}`, of: typical((measured) => measured.heap!), show: kilobytes, goal: atMost(1.5) },
      ])
    return [...created, ...(await heap(false)), ...(await heap(true))]
  })
}

function microseconds(count: number): string {
  return `${count.toFixed(1)} µs`
}
