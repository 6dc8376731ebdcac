import { rowsOf, type Line } from '../comparison.ts'
import { median } from '../measure.ts'
import type { Delay, Sink } from '../sink/start-sink.ts'
import type { Row } from '../table.ts'
import type { Job, Run, Server } from './job.ts'
import { type Measured, runInRounds, type Subject } from './run-job.ts'

/** Options from the command line. */
export interface FreshOptions {
  /** @default the rounds of each measurement */
  readonly rounds?: number | undefined
  /** The peers to compare with, nodemailer first. */
  readonly peers: readonly (keyof typeof packages)[]
}

/** Package names of the peers, as shown in tables. */
export const packages = { nodemailer: 'nodemailer', upyo: '@upyo/smtp' } as const

interface Comparison {
  readonly job: Job
  readonly rounds: number
  readonly warmUp?: number | undefined
  readonly options: FreshOptions
  readonly sink: Sink
  readonly delay?: Delay
}

/** Runs the same job with Postern and its peers, each in fresh processes. */
export async function compareFresh({ job, rounds, warmUp, options, sink, delay }: Comparison, lines: readonly Line<readonly Measured[]>[]): Promise<Row[]> {
  const subjects = (['postern', ...options.peers] as const).map((sender): Subject => ({ sender, job, sink, delay }))
  const [own, ...others] = await runInRounds(subjects, { rounds: options.rounds ?? rounds, warmUp })
  return rowsOf(others.map((peer, index) => ({ name: packages[options.peers[index]!], own: own!, peer })), lines)
}

/** The median of a value over all processes. */
export function typical(of: (measured: Measured) => number): (all: readonly Measured[]) => number {
  return (all) => median(all.map(of))
}

export function first({ runs }: Measured): Run {
  return runs[0]!
}

/** The median of the later half of a process's runs, when most code is compiled. */
export function warm({ runs }: Measured): number {
  return median(runs.slice(runs.length >> 1).map(({ ms }) => ms))
}

/** The settings of a sink; `port` replaces 587, for example with a proxy. */
export function serverAt({ ports, ca }: Sink, port: number = ports.starttls[0]): Server {
  return {
    host: '127.0.0.1',
    auth: { user: 'app@sink.test', pass: 'a password' },
    tls: { ca },
    port,
    candidates: [
      { port, security: 'starttls' },
      { port: ports.starttls[1], security: 'starttls' },
      { port: ports.implicit, security: 'implicit' },
    ],
  }
}
