import { attemptDelayRows } from '../attempt-delay.ts'
import { atMost, rowsOf } from '../comparison.ts'
import { withEmbedded } from '../embedded.ts'
import { withSink } from '../sink/start-sink.ts'
import type { Row } from '../table.ts'
import type { Mails } from './job.ts'
import { type FreshOptions, first, serverAt, typical } from './lines.ts'
import { runInRounds } from './run-job.ts'

/** The first message of a process when 587 does not work, compared with nodemailer on 2525. */
export async function blocked({ rounds = 9 }: FreshOptions): Promise<Row[]> {
  return await withSink({ pipelining: true, chunking: true }, async (sink) => {
    const measureWith = (fault: 'refuse' | 'black-hole') =>
      withEmbedded(async ({ candidates }) => {
        const job: Mails = { kind: 'mails', server: serverAt(sink, candidates[0]!.port), connections: 0, count: 1, text: 200 }
        const direct: Mails = { ...job, server: serverAt(sink, sink.ports.starttls[1]) }
        const [own, peer] = await runInRounds([{ sender: 'postern', job, sink }, { sender: 'nodemailer', job: direct, sink }], { rounds })
        return { own: own!, peer: peer! }
      }, fault)
    const time = typical((measured) => first(measured).ms)

    const refused = await measureWith('refuse')
    const dropped = await measureWith('black-hole')
    return [
      ...rowsOf([{ name: 'nodemailer on 2525', ...refused }], [{ what: 'first mail, fresh process, 587 refused', of: time, goal: atMost(1.1) }]),
      ...attemptDelayRows('first mail, fresh process, 587 dropped', time(dropped.own), time(dropped.peer)),
    ]
  })
}
