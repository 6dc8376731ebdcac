import { measure, type Sample, type Subject } from './measure.ts'
import type { Peer } from './setups.ts'
import { postern, type SenderFactory } from './senders.ts'
import { milliseconds, type Row } from './table.ts'

/** A limit for Postern's value, compared with the first peer's. */
export interface Goal {
  readonly text: string
  readonly isMet: (own: number, peer: number) => boolean
}

/** One value of a measurement. */
export interface Line<T> {
  readonly what: string
  readonly of: (measured: T) => number
  /** @default milliseconds */
  readonly show?: (value: number) => string
  readonly goal?: Goal | undefined
}

/** Measurements of Postern and of one peer. */
export interface Pair<T> {
  readonly name: string
  readonly own: T
  readonly peer: T
}

/** One row for each line and peer. The goal applies to the first peer. */
export function rowsOf<T>(pairs: readonly Pair<T>[], lines: readonly Line<T>[]): Row[] {
  return lines.flatMap(({ what, of, show = milliseconds, goal }) =>
    pairs.map(({ name, own: ownMeasured, peer: peerMeasured }, index) => {
      const [own, peer] = [of(ownMeasured), of(peerMeasured)]
      const judged = goal && index === 0 ? { goal: goal.text, met: goal.isMet(own, peer) } : {}
      return Object.assign({ what, postern: show(own), peerName: name, peer: show(peer), ...(peer !== 0 && { ratio: (own / peer).toFixed(2) }) }, judged)
    }),
  )
}

export interface Measurement {
  /** Creates the work to measure for one sender. */
  readonly subject: (make: SenderFactory) => Subject
  readonly rounds: number
  readonly warmUp: number
}

/** Compares Postern with one peer at a time: peers that share code would warm it up for each other. */
export async function compare(peers: readonly Peer[], { subject, rounds, warmUp }: Measurement, lines: readonly Line<Sample>[]): Promise<Row[]> {
  const pairs: Pair<Sample>[] = []
  for (const { name, make } of peers) {
    const [own, peer] = await measure([subject(postern), subject(make)], rounds, warmUp)
    pairs.push({ name, own: own!, peer: peer! })
  }
  return rowsOf(pairs, lines)
}

export function time({ median }: Sample): number {
  return median
}

/** @param tolerance the difference between two runs of the same code */
export function atMost(most: number, tolerance = 0): Goal {
  return { text: `≤ ${ratioText(most, tolerance)}`, isMet: (own, peer) => own / peer <= most + tolerance }
}

/** @param tolerance the difference between two runs of the same code */
export function atLeast(least: number, tolerance = 0): Goal {
  return { text: `≥ ${ratioText(least, tolerance)}`, isMet: (own, peer) => own / peer >= least - tolerance }
}

function ratioText(ratio: number, tolerance: number): string {
  return `${ratio.toFixed(2)}${tolerance ? ` (± ${tolerance})` : ''}`
}

/** An absolute limit, independent of the peer. */
export function noMoreThan(most: number, text: string): Goal {
  return { text: `≤ ${text}`, isMet: (own) => own <= most }
}
