import { atLeast, atMost, rowsOf } from '../comparison.ts'
import { withSink } from '../sink/start-sink.ts'
import { milliseconds, perSecond, type Row } from '../table.ts'
import type { Compose, Mails } from './job.ts'
import { type Extent, first, packages, serverAt, typical } from './lines.ts'
import { inRounds, type Measured, type Subject } from './run-job.ts'

const COUNT = 2_000

/** Thousands of small messages over five connections, and what composing them takes without sending them. */
export async function rate(extent: Extent): Promise<Row[]> {
  const messages = { count: COUNT, text: 2_000, times: 3 } as const
  const taken = await withSink({ pipelining: true, chunking: true }, (sink) => {
    const mails: Mails = { kind: 'mails', server: serverAt(sink), connections: 5, ...messages }
    const compose: Compose = { kind: 'compose', ...messages }
    const subjects: readonly Subject[] = [
      { sender: 'nodemailer', job: compose },
      { sender: 'postern', job: mails, sink },
      ...extent.peers.map((sender): Subject => ({ sender, job: mails, sink })),
    ]
    return inRounds(subjects, { rounds: extent.rounds ?? 7 })
  })
  const [composed, own, ...others] = taken as [Measured[], Measured[], ...Measured[][]]
  const what = `${COUNT} × 2 kB, 5 connections`
  const cpu = typical((measured) => first(measured).cpu / COUNT)
  const pairs = others.map((peer, index) => ({ name: packages[extent.peers[index]!], own, peer }))
  return [
    ...rowsOf(pairs, [
      { what: `${what}, fresh process`, of: typical((measured) => COUNT / (first(measured).ms / 1_000)), show: perSecond, goal: atLeast(2) },
      { what: `CPU of one of ${COUNT}, fresh process`, of: cpu, show: fine, goal: atMost(0.7) },
    ]),
    ...rowsOf([{ name: "nodemailer's composer alone", own, peer: composed }], [{ what: `CPU of one of ${COUNT}, fresh process`, of: cpu, show: fine }]),
    ...rowsOf(pairs, [
      { what: `${what}, the third time`, of: typical(({ runs }) => COUNT / (runs.at(-1)!.ms / 1_000)), show: perSecond },
      { what: `CPU of one of ${COUNT}, the third time`, of: typical(({ runs }) => runs.at(-1)!.cpu / COUNT), show: fine },
    ]),
  ]
}

function fine(ms: number): string {
  return milliseconds(ms, 3)
}
