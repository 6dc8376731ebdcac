import { describe, expect, it } from 'vitest'
import { ConnectionLimit } from './connection-limit.ts'

const RAISE_AFTER = 10_000

/** @returns how long each raise after a refusal takes to come, where every raise is refused again */
function raisesThatFail(limit: ConnectionLimit, open: number, count: number): number[] {
  let now = 0
  return Array.from({ length: count }, () => {
    limit.lower(open, now)
    const wait = limit.raiseAt - now
    now = limit.raiseAt
    expect(limit.at(now)).toBe(open + 1)
    return wait
  })
}

describe('a connection limit', () => {
  it('is the limit of the caller while the server refuses no connection', () => {
    const limit = new ConnectionLimit(5)
    expect(limit.at(0)).toBe(5)
    expect(limit.at(1e12)).toBe(5)
    expect(limit.raiseAt).toBe(Infinity)
  })

  it('is lowered to the number of open connections, but at least one', () => {
    const limit = new ConnectionLimit(5)
    limit.lower(3, 0)
    expect(limit.at(0)).toBe(3)
    limit.lower(0, 0)
    expect(limit.at(0)).toBe(1)
  })

  it('is not raised by reading `current`', () => {
    const limit = new ConnectionLimit(5)
    limit.lower(2, 0)
    const due = limit.raiseAt
    expect([limit.current, limit.at(due - 1), limit.current]).toEqual([2, 2, 2])
    expect([limit.at(due), limit.current]).toEqual([3, 3])
  })

  it('is not raised by a refusal', () => {
    const limit = new ConnectionLimit(5)
    limit.lower(2, 0)
    limit.lower(4, 0)
    expect(limit.at(0)).toBe(2)
  })

  it('is raised by one after a while, up to the limit of the caller', () => {
    const limit = new ConnectionLimit(5)
    limit.lower(3, 0)
    expect(limit.at(RAISE_AFTER - 1)).toBe(3)
    expect(limit.at(RAISE_AFTER)).toBe(4)
    expect(limit.at(RAISE_AFTER + 1)).toBe(4)
    expect(limit.at(2 * RAISE_AFTER)).toBe(5)
    expect(limit.raiseAt).toBe(Infinity)
    expect(limit.at(10 * RAISE_AFTER)).toBe(5)
  })

  it('is raised later after each failure, at most after five minutes', () => {
    expect(raisesThatFail(new ConnectionLimit(5), 2, 8)).toEqual([10_000, 20_000, 40_000, 80_000, 160_000, 300_000, 300_000, 300_000])
  })

  it('is raised early again after the limit of the caller was reached', () => {
    const limit = new ConnectionLimit(3)
    // Each of these raises goes up to three connections.
    raisesThatFail(limit, 2, 4)
    limit.lower(2, 1e6)
    expect(limit.raiseAt - 1e6).toBe(RAISE_AFTER)
  })

  it.each([Infinity, 100])('of %d can be lowered as well', (most) => {
    const limit = new ConnectionLimit(most)
    limit.lower(7, 0)
    expect(limit.at(0)).toBe(7)
    expect(limit.at(RAISE_AFTER)).toBe(8)
  })
})
