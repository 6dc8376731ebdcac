import { atMost, noMoreThan } from '../comparison.ts'
import { withSink } from '../sink/start-sink.ts'
import { kilobytes, type Row } from '../table.ts'
import { compareFresh, type FreshOptions, serverAt, typical } from './lines.ts'

const COUNT = 1_000

/** The time to create a transport, and the memory of an idle one. */
export async function transports(options: FreshOptions): Promise<Row[]> {
  return await withSink({ pipelining: true, chunking: true }, async (sink) => {
    const server = serverAt(sink)
    const created = await compareFresh({ job: { kind: 'create', server, count: COUNT }, rounds: 9, options, sink }, [
      { what: `createTransport, mean of ${COUNT}`, of: typical(({ created }) => created!.each * 1_000), show: microseconds, goal: atMost(2) },
      { what: 'first createTransport', of: typical(({ created }) => created!.first), show: (ms) => `${ms.toFixed(2)} ms`, goal: noMoreThan(2, '2 ms') },
    ])
    // Not comparable with `@upyo/smtp`, which keeps its connection open after a message.
    const nodemailerOnly = { ...options, peers: options.peers.filter((name) => name === 'nodemailer') }
    const heap = async (used: boolean): Promise<Row[]> =>
      await compareFresh({ job: { kind: 'idle', server, count: COUNT, used }, rounds: 3, warmUp: 0, options: nodemailerOnly, sink }, [
        { what: `heap of an idle transport, ${used ? 'used once' : 'never used'}`, of: typical((measured) => measured.heap!), show: kilobytes, goal: atMost(1.5) },
      ])
    return [...created, ...(await heap(false)), ...(await heap(true))]
  })
}

function microseconds(count: number): string {
  return `${count.toFixed(1)} µs`
}
