import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Queue } from './queue.ts'

const sharesRemainderWith = (item: number) => (other: number) => other % 7 === item % 7

/** Does the same to a queue and to an array. @returns what each of them gave */
type Step = (queue: Queue<number>, model: number[]) => readonly [unknown, unknown]

const times = fc.integer({ min: 1, max: 1_500 })
const value = fc.nat({ max: 3_000 })
const step: fc.Arbitrary<Step> = fc.oneof(
  times.map((count): Step => (queue, model) => {
    const from = model.length === 0 ? 0 : model.at(-1)! + 1
    for (let item = from; item < from + count; item++) {
      queue.push(item)
      model.push(item)
    }
    return [queue.length, model.length]
  }),
  times.map((count): Step => (queue, model) => {
    const given = Array.from({ length: count }, () => queue.shift())
    return [given, Array.from({ length: count }, () => model.shift())]
  }),
  value.map((item): Step => (queue, model) => {
    const at = model.indexOf(item)
    if (at !== -1) model.splice(at, 1)
    return [queue.remove(item), at !== -1]
  }),
  value.map((item): Step => (queue, model) => {
    const matches = sharesRemainderWith(item)
    const removed = model.filter(matches)
    model.splice(0, model.length, ...model.filter((one) => !matches(one)))
    return [queue.removeAll(matches), removed]
  }),
)

describe('a queue', () => {
  it('returns the oldest entry', () => {
    const queue = new Queue<string>()
    queue.push('a')
    queue.push('b')
    expect(queue.peek()).toBe('a')
    expect([queue.shift(), queue.shift(), queue.shift()]).toEqual(['a', 'b', undefined])
    expect(queue.length).toBe(0)
    queue.push('c')
    expect([queue.peek(), queue.length]).toEqual(['c', 1])
  })

  it('that is empty returns undefined', () => {
    const queue = new Queue<string>()
    expect([queue.peek(), queue.shift(), queue.length, queue.remove('a'), queue.removeAll()]).toEqual([undefined, undefined, 0, false, []])
  })

  it('removes single entries, and returns whether they existed', () => {
    const queue = new Queue<string>()
    for (const item of ['a', 'b', 'c']) queue.push(item)
    queue.shift()
    expect([queue.remove('a'), queue.remove('b'), queue.remove('b')]).toEqual([false, true, false])
    expect(queue.shift()).toBe('c')
  })

  it('removes all matching entries in order', () => {
    const queue = new Queue<number>()
    for (let item = 0; item < 6; item++) queue.push(item)
    queue.shift()
    expect(queue.removeAll((item) => item % 2 === 1)).toEqual([1, 3, 5])
    expect([queue.shift(), queue.shift(), queue.shift()]).toEqual([2, 4, undefined])
  })

  it('behaves like an array, also with thousands of entries', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        const queue = new Queue<number>()
        const model: number[] = []
        for (const run of steps) {
          const [given, expected] = run(queue, model)
          expect(given).toEqual(expected)
          expect([queue.length, queue.peek()]).toEqual([model.length, model[0]])
        }
        expect(queue.removeAll()).toEqual(model)
      }),
      { numRuns: 50 },
    )
  })
})
