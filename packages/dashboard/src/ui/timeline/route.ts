import type { MailerState, PortName, TimelineEvent } from '../../state.ts'
import type { Scale } from './scales.ts'
import { round } from './symbols.ts'

/** The port in use from a moment on; none after every port has failed. */
export interface RouteStep {
  readonly at: number
  readonly lane: number | undefined
}

/** Finds the lane of a port. */
export type LaneOf = (port: Pick<PortName, 'port'> & Partial<PortName>) => number | undefined

/** Which port carried mail when, from the changes among the events. */
export function routeOf(events: readonly TimelineEvent[], inUse: MailerState['inUse'], laneOf: LaneOf, start: number): RouteStep[] {
  const steps: RouteStep[] = []
  const add = (at: number, lane: number | undefined) => {
    if (steps.length > 0 ? steps.at(-1)!.lane !== lane : lane !== undefined) steps.push({ at, lane })
  }
  for (const event of events) {
    if (event.kind === 'exhausted') add(event.at, undefined)
    else if (event.kind === 'send') {
      // After an outage the same port may carry mail again without a change.
      if (event.outcome === 'accepted' && event.port !== undefined && steps.length > 0 && steps.at(-1)!.lane === undefined) add(event.at, laneOf({ port: event.port }))
    } else if (event.kind !== 'attempt') {
      // The first change says which port was used before.
      if (steps.length === 0 && event.from !== undefined) add(start, laneOf({ port: event.from }))
      add(event.at, laneOf(event))
    }
  }
  if (inUse && steps.length === 0) add(Math.max(start, inUse.since), laneOf(inUse))
  return steps
}

/** Where the route is drawn. */
export interface RouteFrame {
  readonly x: Scale
  readonly laneY: (lane: number) => number
  readonly start: number
  readonly now: number
}

/** The route as a line from lane to lane, with gaps while no port could be used. */
export function routePath(steps: readonly RouteStep[], { x, laneY, start, now }: RouteFrame): string {
  let path = ''
  steps.forEach(({ at, lane }, index) => {
    const until = steps[index + 1]?.at ?? now
    if (lane === undefined || until < start) return
    const isJoined = path !== '' && steps[index - 1]?.lane !== undefined
    path += `${isJoined ? 'V' : `M${round(x(Math.max(at, start)))} `}${round(laneY(lane))}H${round(x(until))}`
  })
  return path
}
