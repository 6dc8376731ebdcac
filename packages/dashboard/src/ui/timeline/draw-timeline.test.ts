import { describe, expect, it } from 'vitest'
import { modelOf, now } from '../../../test/ui-models.ts'
import type { MailerState, TimelineEvent } from '../../state.ts'
import { drawTimeline } from './draw-timeline.ts'

const hour = 60 * 60_000
const starttls = { port: 587, security: 'starttls' } as const
const gates: MailerState['gates'] = [
  { ...starttls, status: 'up', inUse: true },
  { port: 465, security: 'implicit', status: 'untried', inUse: false },
]

function draw(events: readonly TimelineEvent[], inUse?: MailerState['inUse'], width = 720) {
  return drawTimeline({ mailer: { gates, events, ...(inUse && { inUse }) }, now, period: hour, width })
}

const send = (id: number, at: number, ms = 100, outcome: 'accepted' | 'not-accepted' | 'unknown' = 'accepted'): TimelineEvent => ({ id, at, kind: 'send', port: 587, outcome, ms })

describe('the drawing of the timeline', () => {
  it('has a lane for each port, also for one that is no longer used', () => {
    const { lanes } = draw([{ id: 1, at: now - 1_000, kind: 'selected', port: 2525, security: 'starttls' }])
    expect(lanes.map(({ port }) => port)).toEqual([587, 465, 2525])
  })

  it('leaves out what is older than the period', () => {
    expect(draw([send(1, now - hour - 1), send(2, now)]).sends).toHaveLength(1)
  })

  it('places now at the right, and older events to the left of newer ones', () => {
    const { sends, right } = draw([send(1, now - hour / 2), send(2, now)])
    const xs = sends.map(({ d }) => Number(/^M([\d.]+)/.exec(d)![1]))
    expect(xs[1]).toBe(right)
    expect(xs[0]).toBeLessThan(right / 1.5)
  })

  it('places slow messages above fast ones, however slow they are', () => {
    const ys = draw([send(1, now, 5), send(2, now, 300), send(3, now, 9_000_000)]).sends.map(({ d }) => Number(d.split(' ')[1]!.split('m')[0]))
    expect(ys).toEqual(ys.toSorted((one, other) => other - one))
    expect(Math.min(...ys)).toBeGreaterThan(0)
  })

  it('has a shape of its own for each outcome', () => {
    const shapes = (['accepted', 'not-accepted', 'unknown'] as const).map((outcome) => draw([send(1, now, 100, outcome)]).sends[0]!.d)
    expect(new Set(shapes).size).toBe(3)
  })

  it('gathers messages in the same place, and hides no failure', () => {
    const { sends } = draw([send(1, now), send(2, now), send(3, now, 100, 'not-accepted'), send(4, now)])
    expect(sends.map(({ item, count }) => [item.outcome, count])).toEqual([
      ['accepted', 3],
      ['not-accepted', 1],
    ])
  })

  it('divides the height of an attempt into its stages, each with its phase', () => {
    const stages = [
      { stage: 'connect', ms: 30 },
      { stage: 'ehlo', ms: 10 },
      { stage: 'tls', ms: 40 },
      { stage: 'ehlo', ms: 20 },
    ]
    const { attempts } = draw([{ id: 1, at: now, kind: 'attempt', ...starttls, outcome: 'used', ms: 100, stages }])
    expect(attempts[0]!.segments.map(({ phase }) => phase)).toEqual(['network', 'encryption', 'encryption'])
    const [connect, ehlo, tls] = attempts[0]!.segments.map(({ height }) => height)
    expect(connect! / tls!).toBeCloseTo(0.75, 1)
    expect(ehlo! / tls!).toBeCloseTo(0.75, 1)
  })

  it('marks an attempt that failed, also if nothing was measured', () => {
    const { attempts } = draw([{ id: 1, at: now, kind: 'attempt', ...starttls, outcome: 'failed', ms: 0, stages: [], code: 'connect-refused' }])
    expect(attempts[0]).toMatchObject({ sign: expect.stringContaining('M') as string, segments: [{ height: expect.any(Number) as number }] })
  })

  it.each([280, 720, 1_900])('has ticks that do not overlap and no shape outside, %s px wide', (width) => {
    const { mailers } = modelOf('many').state
    const drawing = drawTimeline({ mailer: mailers[0]!, now, period: 6 * hour, width })
    const xs = drawing.ticks.map(({ x }) => x)
    expect(xs.slice(1).filter((x, index) => x - xs[index]! < 80)).toEqual([])
    const numbers = [...drawing.sends, ...drawing.changes].map(({ d }) => Number(/^M([\d.]+)/.exec(d)![1]))
    expect(numbers.filter((x) => x < drawing.left || x > drawing.right)).toEqual([])
    expect(drawing.sends.length).toBeLessThan((3 * (width * 110)) / 100)
  })
})

describe('the route', () => {
  it('follows the changes from port to port', () => {
    const { route, lanes } = draw([
      { id: 1, at: now - hour / 2, kind: 'selected', ...starttls },
      { id: 2, at: now - hour / 4, kind: 'fallback', port: 465, security: 'implicit', from: 587 },
    ])
    expect(route).toMatch(new RegExp(`^M[\\d.]+ ${lanes[0]!.y}H([\\d.]+)V${lanes[1]!.y}H706$`))
  })

  it('begins at the left with the port from which the first change leads', () => {
    expect(draw([{ id: 1, at: now - 1_000, kind: 'recovered', ...starttls, from: 465 }]).route).toMatch(/^M52 /)
  })

  it('ends while no port can be used, and goes on with the next accepted message', () => {
    const outage: TimelineEvent[] = [
      { id: 1, at: now - hour / 2, kind: 'selected', ...starttls },
      { id: 2, at: now - hour / 3, kind: 'exhausted', code: 'no-usable-endpoint' },
    ]
    expect(draw(outage).route.match(/[MHV]/g)).toEqual(['M', 'H'])
    expect(draw([...outage, send(3, now - hour / 4)]).route.match(/[MHV]/g)).toEqual(['M', 'H', 'M', 'H'])
  })

  it('is the port in use if the changes are older than the events', () => {
    expect(draw([send(1, now)], { ...starttls, since: now - 5 * hour }).route).toMatch(/^M52 [\d.]+H706$/)
    expect(draw([send(1, now)]).route).toBe('')
  })
})
