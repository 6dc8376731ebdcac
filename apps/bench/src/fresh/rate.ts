import { atLeast, atMost, rowsOf } from '../comparison.ts'
import { withSink } from '../sink/start-sink.ts'
import { milliseconds, perSecond, type Row } from '../table.ts'
import type { Compose, Mails } from './job.ts'
import { type FreshOptions, first, packages, serverAt, typical } from './lines.ts'
import { type Measured, runInRounds, type Subject } from './run-job.ts'

const COUNT = 2_000

/** Thousands of small messages over five connections, and the cost of composing them alone. */
export async function rate(options: FreshOptions): Promise<Row[]> {
  const messages = { count: COUNT, text: 2_000, times: 3 } as const
  const results = await withSink({ pipelining: true, chunking: true }, (sink) => {
    const mails: Mails = { kind: 'mails', server: serverAt(sink), connections: 5, ...messages }
    const compose: Compose = { kind: 'compose', ...messages }
    const subjects: readonly Subject[] = [
      { sender: 'nodemailer', job: compose },
      { sender: 'postern', job: mails, sink },
      ...options.peers.map((sender): Subject => ({ sender, job: mails, sink })),
    ]
    return runInRounds(subjects, { rounds: options.rounds ?? 7 })
  })
  const [composed, own, ...others] = results as [Measured[], Measured[], ...Measured[][]]
  const what = `${COUNT} × 2 kB, 5 connections`
  const cpu = typical((measured) => first(measured).cpu / COUNT)
  const pairs = others.map((peer, index) => ({ name: packages[options.peers[index]!], own, peer }))
  return [
    ...rowsOf(pairs, [
      { what: `${what}, fresh process`, of: typical((measured) => COUNT / (first(measured).ms / 1_000)), show: perSecond, goal: atLeast(2) },
      { what: `CPU per message of ${COUNT}, fresh process`, of: cpu, show: microsecondPrecision, goal: atMost(0.7) },
    ]),
    ...rowsOf([{ name: "nodemailer's composer only", own, peer: composed }], [{ what: `CPU per message of ${COUNT}, fresh process`, of: cpu, show: microsecondPrecision }]),
    ...rowsOf(pairs, [
      { what: `${what}, third run`, of: typical(({ runs }) => COUNT / (runs.at(-1)!.ms / 1_000)), show: perSecond },
      { what: `CPU per message of ${COUNT}, third run`, of: typical(({ runs }) => runs.at(-1)!.cpu / COUNT), show: microsecondPrecision },
    ]),
  ]
}

function microsecondPrecision(ms: number): string {
  return milliseconds(ms, 3)
}
