import type { DashboardState, MailerState, TimelineEvent } from '../state.ts'

/** A state whose events take half the space in the page. */
export interface PackedState extends Omit<DashboardState, 'mailers'> {
  readonly mailers: readonly PackedMailer[]
}

interface PackedMailer extends Omit<MailerState, 'events'> {
  readonly events: PackedEvents
}

/** Events in columns: most differ in their numbers only, and numbers of a kind beside each other compress well. */
interface PackedEvents {
  /** One event of each kind, with zeros for the numbers of the other columns. */
  readonly kinds: readonly TimelineEvent[]
  /** For each event, the index of its kind. */
  readonly which: readonly number[]
  /** For each event, the milliseconds since the one before it. */
  readonly since: readonly number[]
  /** For each event, its id without its time, which most ids are. */
  readonly ids: readonly number[]
  /** For each event that has them, its duration and those of its stages. */
  readonly durations: readonly number[]
}

export function packState({ mailers, ...rest }: DashboardState): PackedState {
  return { ...rest, mailers: mailers.map(({ events, ...mailer }) => ({ ...mailer, events: packEvents(events) })) }
}

export function unpackState({ mailers, ...rest }: PackedState): DashboardState {
  return { ...rest, mailers: mailers.map(({ events, ...mailer }) => ({ ...mailer, events: unpackEvents(events) })) }
}

function packEvents(events: readonly TimelineEvent[]): PackedEvents {
  const kinds = new Map<string, number>()
  const which = events.map((event) => {
    const kind = JSON.stringify(withNumbers(event, 0, 0, () => 0))
    if (!kinds.has(kind)) kinds.set(kind, kinds.size)
    return kinds.get(kind)!
  })
  return {
    kinds: [...kinds.keys()].map((kind) => JSON.parse(kind) as TimelineEvent),
    which,
    since: events.map(({ at }, index) => at - (events[index - 1]?.at ?? 0)),
    ids: events.map(({ id, at }) => id - at),
    durations: events.flatMap(durationsOf),
  }
}

function unpackEvents({ kinds, which, since, ids, durations }: PackedEvents): readonly TimelineEvent[] {
  const next = durations.values()
  let at = 0
  return which.map((kind, index) => {
    at += since[index]!
    return withNumbers(kinds[kind]!, ids[index]! + at, at, () => next.next().value!)
  })
}

function durationsOf(event: TimelineEvent): readonly number[] {
  if (!('ms' in event)) return []
  return [event.ms, ...('stages' in event ? event.stages.map(({ ms }) => ms) : [])]
}

/** The event with other numbers, in the order of `durationsOf`. */
function withNumbers(event: TimelineEvent, id: number, at: number, duration: () => number): TimelineEvent {
  if (!('ms' in event)) return { ...event, id, at }
  const ms = duration()
  return 'stages' in event ? { ...event, id, at, ms, stages: event.stages.map(({ stage }) => ({ stage, ms: duration() })) } : { ...event, id, at, ms }
}
