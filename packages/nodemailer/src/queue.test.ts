import { describe, expect, it } from 'vitest'
import { Queue } from './queue.ts'

describe('a queue', () => {
  it.each([1, 3, 1_000, 1_001, 2_500, 40_000])('gives back %i in the order they came, whoever comes and goes meanwhile', (count) => {
    const queue = new Queue<number>()
    const taken: number[] = []
    let next = 0
    const add = (many: number) => {
      for (let one = 0; one < many && next < count; one++) queue.push(next++)
    }
    add(count / 2)
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) {
      taken.push(item)
      add(2)
      expect(queue.length).toBe(next - taken.length)
    }
    add(count)
    taken.push(...queue.drain())
    expect(taken).toEqual(Array.from({ length: count }, (_, index) => index))
    expect(queue.length).toBe(0)
    expect(queue.shift()).toBeUndefined()
  })

  it('lets one go from its place', () => {
    const queue = new Queue<string>()
    for (const item of ['a', 'b', 'c', 'd']) queue.push(item)
    expect(queue.shift()).toBe('a')
    expect(queue.remove('c')).toBe(true)
    expect(queue.remove('a')).toBe(false)
    expect(queue.length).toBe(2)
    expect(queue.drain()).toEqual(['b', 'd'])
  })
})
