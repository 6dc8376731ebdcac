import { measure, type Sample, type Subject } from './measure.ts'
import type { Peer } from './places.ts'
import { postern, type SenderFactory } from './senders.ts'
import { milliseconds, type Row } from './table.ts'

/** What a figure should be, beside the first peer's. */
export interface Goal {
  readonly text: string
  readonly isMet: (own: number, peer: number) => boolean
}

/** One thing that a measurement shows. */
export interface Line<T> {
  readonly what: string
  readonly of: (measured: T) => number
  /** @default milliseconds */
  readonly show?: (value: number) => string
  readonly goal?: Goal | undefined
}

/** What was measured of Postern and of one peer. */
export interface Pair<T> {
  readonly name: string
  readonly own: T
  readonly peer: T
}

/** The rows of a table: for each line one beside each peer. The goal is set against the first. */
export function rowsOf<T>(pairs: readonly Pair<T>[], lines: readonly Line<T>[]): Row[] {
  return lines.flatMap(({ what, of, show = milliseconds, goal }) =>
    pairs.map(({ name, own: measured, peer: beside }, index) => {
      const [own, peer] = [of(measured), of(beside)]
      const judged = goal && index === 0 ? { goal: goal.text, met: goal.isMet(own, peer) } : {}
      return Object.assign({ what, postern: show(own), peerName: name, peer: show(peer), ratio: (own / peer).toFixed(2) }, judged)
    }),
  )
}

export interface Measurement {
  /** What is measured, with whichever sender. */
  readonly subject: (make: SenderFactory) => Subject
  readonly rounds: number
  readonly warmUp: number
}

/** Postern beside one peer after the other: two at once that run the same code would have it warmer than ours. */
export async function compare(peers: readonly Peer[], { subject, rounds, warmUp }: Measurement, lines: readonly Line<Sample>[]): Promise<Row[]> {
  const pairs: Pair<Sample>[] = []
  for (const { name, make } of peers) {
    const [own, peer] = await measure([subject(postern), subject(make)], rounds, warmUp)
    pairs.push({ name, own: own!, peer: peer! })
  }
  return rowsOf(pairs, lines)
}

/** The time of a sample. */
export function time({ median }: Sample): number {
  return median
}

/** @param tolerance by how much two runs of the same code may differ */
export function atMost(most: number, tolerance = 0): Goal {
  return { text: `≤ ${inWords(most, tolerance)}`, isMet: (own, peer) => own / peer <= most + tolerance }
}

/** @param tolerance by how much two runs of the same code may differ */
export function atLeast(least: number, tolerance = 0): Goal {
  return { text: `≥ ${inWords(least, tolerance)}`, isMet: (own, peer) => own / peer >= least - tolerance }
}

function inWords(ratio: number, tolerance: number): string {
  return `${ratio.toFixed(2)}${tolerance ? ` (± ${tolerance})` : ''}`
}

/** A goal for the figure itself, whatever the peer's is. */
export function noMoreThan(most: number, text: string): Goal {
  return { text: `≤ ${text}`, isMet: (own) => own <= most }
}
