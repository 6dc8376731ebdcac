import { expect, it } from 'vitest'
import { modelOf } from '../../../test/ui-models.ts'
import type { DashboardState, TimelineEvent } from '../../state.ts'
import { lastEventId, mergeState } from './merge-state.ts'

const [mailer] = modelOf('unknown').state.mailers

function stateWith(...ids: number[]): DashboardState {
  const events = ids.map((id): TimelineEvent => ({ id, at: id, kind: 'exhausted', code: 'no-usable-endpoint' }))
  return { version: 1, now: 0, mailers: [{ ...mailer!, events }] }
}

const idsOf = ({ mailers }: DashboardState) => mailers[0]!.events.map(({ id }) => id)

it('adds the new events to the old ones', () => {
  expect(idsOf(mergeState(stateWith(1, 2), stateWith(3)))).toEqual([1, 2, 3])
})

it('adds no event twice', () => {
  expect(idsOf(mergeState(stateWith(1, 2, 3), stateWith(2, 3, 4)))).toEqual([1, 2, 3, 4])
})

it('keeps the events without new ones, and takes everything else from the update', () => {
  const update = { ...stateWith(), now: 7, mailers: [{ ...mailer!, sentLastHour: 5 }] }
  expect(mergeState(stateWith(1), update)).toMatchObject({ now: 7, mailers: [{ sentLastHour: 5, events: [{ id: 1 }] }] })
})

it('returns the same list without new events, so that nothing is drawn again', () => {
  const old = stateWith(1, 2)
  expect(mergeState(old, stateWith(2)).mailers[0]!.events).toBe(old.mailers[0]!.events)
})

it('keeps ten thousand events', () => {
  let state = stateWith(1)
  for (let id = 2; id < 30_000; id += 5_000) state = mergeState(state, stateWith(...Array.from({ length: 5_000 }, (_, index) => id + index)))
  expect(state.mailers[0]!.events).toHaveLength(10_000)
  expect(lastEventId(state)).toBe(state.mailers[0]!.events.at(-1)!.id)
})

it('has the mailers of the update', () => {
  expect(mergeState(stateWith(1), { version: 1, now: 0, mailers: [] }).mailers).toEqual([])
})
