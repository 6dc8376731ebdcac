import type { AttemptEvent } from '../../state.ts'
import { mergedStages, type Phase, phaseOf } from '../stage-list.ts'
import type { Cell } from './cells.ts'
import { logScale } from './scales.ts'
import { round, symbolPath } from './symbols.ts'

/** A part of a bar. */
export interface Segment {
  readonly y: number
  readonly height: number
  readonly phase: Phase
}

/** One or more attempts at the same place, as a bar: its height stands for the duration, its parts for the stages. */
export interface AttemptMark<T extends AttemptEvent = AttemptEvent> extends Cell<T> {
  readonly x: number
  readonly segments: readonly Segment[]
  /** The sign above the bar of an attempt that was not used. */
  readonly sign: string | undefined
}

/** The width of a bar. */
export const barWidth = 6
/** The room between the route and the bars above it. */
const routeGap = 6
const height = logScale([1, 30_000], [3, 24])

/** Draws the bar around `x`, above the route at `base`. */
export function attemptMark<T extends AttemptEvent>({ item, count }: Cell<T>, x: number, base: number): AttemptMark<T> {
  const { outcome, ms, stages } = item
  const total = stages.reduce((sum, stage) => sum + stage.ms, 0)
  // Without a measurement the bar has one part.
  const parts = total > 0 ? mergedStages(stages) : [{ stage: stages.at(-1)?.stage ?? 'connect', ms: 1 }]
  let y = base - routeGap
  const segments = parts.map(({ stage, ms: part }): Segment => {
    const partHeight = (height(ms) * part) / (total || 1)
    y -= partHeight
    return { y: round(y), height: round(partHeight), phase: phaseOf(stage) }
  })
  const shape = outcome === 'failed' ? 'cross' : outcome === 'superseded' ? 'diamond' : undefined
  return { item, count, x: round(x - barWidth / 2), segments, sign: shape && symbolPath(shape, x, y - 5, 3) }
}
