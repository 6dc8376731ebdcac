import { beforeEach, expect, it } from 'vitest'
import { deferred } from '../../test/deferred.ts'
import { ManualClock } from '../../test/manual-clock.ts'
import { Recheck } from './recheck.ts'

let clock: ManualClock
let checks: { readonly resolve: () => void }[]
let recheck: Recheck

beforeEach(() => {
  clock = new ManualClock()
  checks = []
  recheck = new Recheck(clock, { initial: 1_000, max: 8_000 }, () => {
    const check = deferred()
    checks.push({ resolve: () => check.resolve() })
    return check.promise
  })
})

/** Runs all pending promise callbacks. */
const turn = () => new Promise((resolve) => setImmediate(resolve))

it('does not continue after a stop during a check', async () => {
  recheck.start()
  clock.advance(1_000)
  recheck.stop()
  checks[0]?.resolve()
  await turn()
  expect(clock.waits).toEqual([])
})

it('restarts after such a stop, with one timer and one check', async () => {
  recheck.start()
  clock.advance(1_000)
  recheck.stop()
  recheck.start()
  clock.advance(1_000)
  expect(checks).toHaveLength(1)
  checks[0]?.resolve()
  await turn()
  expect(clock.waits).toEqual([2_000])
  recheck.stop()
  expect(clock.waits).toEqual([])
})

it('ignores a second start', () => {
  recheck.start()
  recheck.start()
  expect(clock.waits).toEqual([1_000])
  expect(recheck.dueAt).toBe(clock.time + 1_000)
})
