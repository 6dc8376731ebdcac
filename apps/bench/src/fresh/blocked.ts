import { atMost, noMoreThan, rowsOf } from '../comparison.ts'
import { withEmbedded } from '../embedded.ts'
import { ATTEMPT_DELAY } from '../senders.ts'
import { withSink } from '../sink/start-sink.ts'
import type { Row } from '../table.ts'
import type { Mails } from './job.ts'
import { type Extent, first, serverAt, typical } from './lines.ts'
import { inRounds } from './run-job.ts'

/** The first mail of a process where 587 does not work, beside nodemailer that goes to 2525 at once. */
export async function blocked({ rounds = 9 }: Extent): Promise<Row[]> {
  return await withSink({ pipelining: true, chunking: true }, async (sink) => {
    const measureWith = (fault: 'refuse' | 'black-hole') =>
      withEmbedded(async ({ candidates }) => {
        const job: Mails = { kind: 'mails', server: serverAt(sink, candidates[0]!.port), connections: 0, count: 1, text: 200 }
        const direct: Mails = { ...job, server: serverAt(sink, sink.ports.starttls[1]) }
        const [own, peer] = await inRounds([{ sender: 'postern', job, sink }, { sender: 'nodemailer', job: direct, sink }], { rounds })
        return { own: own!, peer: peer! }
      }, fault)
    const time = typical((measured) => first(measured).ms)

    const refused = await measureWith('refuse')
    const dropped = await measureWith('black-hole')
    const least = ATTEMPT_DELAY + time(dropped.peer)
    return [
      ...rowsOf([{ name: 'nodemailer on 2525', ...refused }], [{ what: 'first mail, fresh process, 587 refused', of: time, goal: atMost(1.1) }]),
      ...rowsOf([{ name: 'attempt delay + nodemailer on 2525', own: time(dropped.own), peer: least }], [
        { what: 'first mail, fresh process, 587 dropped', of: (ms) => ms, goal: noMoreThan(least + 50, 'that + 50 ms') },
      ]),
    ]
  })
}
