import type { MailerState, PortName, TimelineEvent } from '../../state.ts'

/** The port in use from a moment on; none after every port has failed. */
export interface RouteStep {
  readonly at: number
  readonly lane: number | undefined
}

/** Which port carried mail when, from the changes among the events. `laneOf` finds the lane of a port. */
export function routeOf(events: readonly TimelineEvent[], inUse: MailerState['inUse'], laneOf: (port: Pick<PortName, 'port'> & Partial<PortName>) => number | undefined, start: number): RouteStep[] {
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
