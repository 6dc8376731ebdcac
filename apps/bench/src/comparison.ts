import { measure, type Sample, type Subject } from './measure.ts'
import type { Peer } from './places.ts'
import { postern, type SenderFactory } from './senders.ts'
import { milliseconds, type Row } from './table.ts'

/** What the ratio to the first peer should be. */
export interface Goal {
  readonly text: string
  readonly isMet: (ratio: number) => boolean
}

/** One thing that a measurement shows. */
export interface Line {
  readonly what: string
  readonly goal?: Goal | undefined
  /** @default its time */
  readonly of?: (sample: Sample) => number
  /** @default milliseconds */
  readonly show?: (value: number) => string
}

export interface Measurement {
  /** What is measured, with whichever sender. */
  readonly subject: (make: SenderFactory) => Subject
  readonly rounds: number
  readonly warmUp: number
}

/** Postern beside one peer after the other: two at once that run the same code would have it warmer than ours. */
export async function compare(peers: readonly Peer[], { subject, rounds, warmUp }: Measurement, lines: readonly Line[]): Promise<Row[]> {
  const measured: { readonly name: string; readonly own: Sample; readonly peer: Sample }[] = []
  for (const { name, make } of peers) {
    const [own, peer] = await measure([subject(postern), subject(make)], rounds, warmUp)
    measured.push({ name, own: own!, peer: peer! })
  }
  return lines.flatMap(({ what, goal, of = ({ median }) => median, show = milliseconds }) =>
    measured.map(({ name, own, peer }, index) => {
      const ratio = of(own) / of(peer)
      const judged = goal && index === 0 ? { goal: goal.text, met: goal.isMet(ratio) } : {}
      return Object.assign({ what, postern: show(of(own)), peerName: name, peer: show(of(peer)), ratio: ratio.toFixed(2) }, judged)
    }),
  )
}

export function atMost(most: number, tolerance = 0): Goal {
  const text = `≤ ${most.toFixed(2)}${tolerance ? ` (± ${tolerance})` : ''}`
  return { text, isMet: (ratio) => ratio <= most + tolerance }
}

export function atLeast(least: number): Goal {
  return { text: `≥ ${least.toFixed(2)}`, isMet: (ratio) => ratio >= least }
}
