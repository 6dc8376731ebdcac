import { rowsOf, type Line } from '../comparison.ts'
import { median } from '../measure.ts'
import type { Delay, Sink } from '../sink/start-sink.ts'
import type { Row } from '../table.ts'
import type { Job, Run, Server } from './job.ts'
import { inRounds, type Measured, type Subject } from './run-job.ts'

/** How much is measured. */
export interface Extent {
  /** @default each measurement's own */
  readonly rounds?: number | undefined
  /** Whom Postern is measured beside, nodemailer first. */
  readonly peers: readonly (keyof typeof packages)[]
}

/** The peers as tables name them. */
export const packages = { nodemailer: 'nodemailer', upyo: '@upyo/smtp' } as const

interface Comparison {
  readonly job: Job
  readonly rounds: number
  /** Rounds that are not counted. @default 1 */
  readonly warmUp?: number | undefined
  readonly extent: Extent
  readonly sink: Sink
  readonly delay?: Delay
}

/** Postern and its peers do the same, each in processes of its own. */
export async function compareFresh({ job, rounds, warmUp, extent, sink, delay }: Comparison, lines: readonly Line<readonly Measured[]>[]): Promise<Row[]> {
  const subjects = (['postern', ...extent.peers] as const).map((sender): Subject => ({ sender, job, sink, delay }))
  const [own, ...others] = await inRounds(subjects, { rounds: extent.rounds ?? rounds, warmUp })
  return rowsOf(others.map((peer, index) => ({ name: packages[extent.peers[index]!], own: own!, peer })), lines)
}

/** The median of something over all processes. */
export function typical(of: (measured: Measured) => number): (all: readonly Measured[]) => number {
  return (all) => median(all.map(of))
}

/** The first run in a fresh process. */
export function first({ runs }: Measured): Run {
  return runs[0]!
}

/** The later half of the runs of a process: by then most of the code is compiled. */
export function warm({ runs }: Measured): number {
  return median(runs.slice(runs.length >> 1).map(({ ms }) => ms))
}

/** A sink as a client sees it, or as it sees a proxy in front of it or another port in the place of 587. */
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
