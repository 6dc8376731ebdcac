import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { TimelineEvent } from '../state.ts'
import { EventList } from './event-list.ts'

const event = (id: number): TimelineEvent => ({ id, at: 0, kind: 'exhausted', code: 'mixed' })

it('has the newest events up to its limit, in order, after any id', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 0, max: 60 }), fc.integer({ min: -1, max: 61 }), (limit, count, after) => {
      const list = new EventList(limit)
      const ids = Array.from({ length: count }, (_, id) => id)
      for (const id of ids) list.add(event(id))
      const expected = ids.slice(-limit).filter((id) => id > after)
      expect(list.after(after).map(({ id }) => id)).toEqual(expected)
    }),
  )
})
