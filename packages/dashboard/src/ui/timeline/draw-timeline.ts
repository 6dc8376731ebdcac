import type { AttemptEvent, ChangeEvent, ExhaustedEvent, MailerState, PortName, SendEvent, TimelineEvent } from '../../state.ts'
import { type AttemptMark, attemptMark } from './attempt-mark.ts'
import { type Cell, gatherCells } from './cells.ts'
import { type LaneOf, routeOf, routePath } from './route.ts'
import { linearScale, logScale, timeTicks } from './scales.ts'
import { round, type Shape, symbolPath } from './symbols.ts'

/** An event of the timeline. */
type Timed<T> = T & { readonly id: number; readonly at: number }

/** What the timeline is drawn from. */
export interface TimelineInput {
  readonly mailer: Pick<MailerState, 'gates' | 'events' | 'inUse'>
  /** The end of the time axis. */
  readonly now: number
  /** The length of the time axis in milliseconds. */
  readonly period: number
  readonly width: number
}

/** A mark that is one path. */
export interface PathMark<T> extends Cell<Timed<T>> {
  readonly d: string
}

/** The shapes of the timeline, in pixels. */
export interface TimelineDrawing {
  readonly width: number
  readonly height: number
  /** The left and the right end of the time axis. */
  readonly left: number
  readonly right: number
  readonly lanes: readonly { readonly port: number; readonly y: number }[]
  readonly ticks: readonly { readonly x: number; readonly at: number }[]
  readonly latencies: readonly { readonly y: number; readonly ms: number }[]
  /** The port in use over time. */
  readonly route: string
  readonly attempts: readonly AttemptMark<Timed<AttemptEvent>>[]
  readonly changes: readonly PathMark<ChangeEvent>[]
  readonly outages: readonly (PathMark<ExhaustedEvent> & { readonly x: number })[]
  readonly sends: readonly PathMark<SendEvent>[]
  /** Where the lanes and the panel of the messages end. */
  readonly lanesEnd: number
  readonly sendsEnd: number
}

const margin = { left: 52, right: 14, top: 26 }
const laneHeight = 48
const sendsHeight = 110
const gap = 30
const axisHeight = 22
/** The edge of a place: events in the same place are one mark. */
const cell = 10
const minTickWidth = 84

const sendShapes: Readonly<Record<SendEvent['outcome'], Shape>> = { accepted: 'circle', 'not-accepted': 'cross', unknown: 'diamond' }
const sendRanks: Readonly<Record<SendEvent['outcome'], number>> = { accepted: 0, unknown: 1, 'not-accepted': 2 }
const attemptRanks: Readonly<Record<AttemptEvent['outcome'], number>> = { cancelled: 0, superseded: 1, used: 2, failed: 3 }
const changeShapes: Readonly<Record<ChangeEvent['kind'], Shape>> = { selected: 'circle', fallback: 'down', recovered: 'up' }
const changeRanks: Readonly<Record<ChangeEvent['kind'], number>> = { selected: 0, recovered: 1, fallback: 2 }

/** Turns events into shapes. The number of shapes depends on the width, not on the number of events. */
export function drawTimeline({ mailer, now, period, width }: TimelineInput): TimelineDrawing {
  const start = now - period
  const [left, right] = [margin.left, width - margin.right]
  const x = linearScale([start, now], [left, right])
  const shown = mailer.events.filter(({ at }) => at >= start)

  const ports = portsOf(mailer.gates, shown)
  const laneY = (lane: number) => margin.top + (lane + 1) * laneHeight - 8
  const laneOf: LaneOf = ({ port, security }) => {
    const lane = ports.findIndex((one) => one.port === port && (security === undefined || one.security === security))
    return lane < 0 ? undefined : lane
  }
  const lanesEnd = margin.top + Math.max(1, ports.length) * laneHeight
  const sendsStart = lanesEnd + gap
  const sendsEnd = sendsStart + sendsHeight

  const sends = shown.filter(isKind('send'))
  const slowest = sends.reduce((most, { ms }) => Math.max(most, ms), 1_000)
  const y = logScale([1, slowest], [sendsEnd - 6, sendsStart + 6])
  const columnOf = ({ at }: { readonly at: number }) => Math.floor((x(at) - left) / cell)

  return {
    width,
    height: sendsEnd + axisHeight,
    left,
    right,
    lanes: ports.map(({ port }, lane) => ({ port, y: laneY(lane) })),
    ticks: timeTicks(start, now, Math.max(1, (right - left) / minTickWidth)).map((at) => ({ at, x: round(x(at)) })),
    latencies: [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000].filter((ms) => ms <= slowest).map((ms) => ({ ms, y: round(y(ms)) })),
    route: routePath(routeOf(mailer.events, mailer.inUse, laneOf, start), { x, laneY, start, now }),
    attempts: gatherCells(shown.filter(isKind('attempt')), (event) => `${laneOf(event)} ${columnOf(event)}`, ({ outcome }) => attemptRanks[outcome]).map((found) =>
      attemptMark(found, left + (columnOf(found.item) + 0.5) * cell, laneY(laneOf(found.item)!)),
    ),
    changes: gatherCells(shown.filter(isChange), (event) => `${laneOf(event)} ${columnOf(event)}`, ({ kind }) => changeRanks[kind]).map(({ item, count }) => ({
      item,
      count,
      d: symbolPath(changeShapes[item.kind], x(item.at), laneY(laneOf(item)!), 5.5),
    })),
    outages: gatherCells(shown.filter(isKind('exhausted')), (event) => `${columnOf(event)}`, () => 0).map(({ item, count }) => ({
      item,
      count,
      x: round(x(item.at)),
      d: symbolPath('cross', x(item.at), margin.top - 8, 4),
    })),
    // Each outcome on its own: failures are above the accepted messages and hide none.
    sends: gatherCells(sends, (event) => `${event.outcome} ${columnOf(event)} ${Math.floor(y(event.ms) / cell)}`, () => 0)
      .toSorted((one, other) => sendRanks[one.item.outcome] - sendRanks[other.item.outcome])
      .map(({ item, count }) => ({
        item,
        count,
        d: symbolPath(sendShapes[item.outcome], x(item.at), y(item.ms), Math.min(cell / 2, 2.5 + Math.log2(count) / 3)),
      })),
    lanesEnd,
    sendsEnd,
  }
}

/** The ladder, and ports that are no longer part of it. */
function portsOf(gates: readonly PortName[], events: readonly TimelineEvent[]): PortName[] {
  const ports = gates.map(({ port, security }) => ({ port, security }))
  for (const event of events) {
    if (event.kind === 'send' || event.kind === 'exhausted') continue
    if (!ports.some(({ port, security }) => port === event.port && security === event.security)) ports.push({ port: event.port, security: event.security })
  }
  return ports
}

function isKind<K extends TimelineEvent['kind']>(kind: K) {
  return (event: TimelineEvent): event is Extract<TimelineEvent, { readonly kind: K }> => event.kind === kind
}

function isChange(event: TimelineEvent): event is Timed<ChangeEvent> {
  return event.kind === 'selected' || event.kind === 'fallback' || event.kind === 'recovered'
}
