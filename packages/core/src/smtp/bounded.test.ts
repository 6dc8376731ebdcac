import { getEventListeners } from 'node:events'
import { expect, it } from 'vitest'
import { bounded, type Bounds, DeadlineReached, SUPERSEDED } from './bounded.ts'

type Start = Parameters<typeof bounded<string>>[1]

/** Starts a wait, and records how it ends, how often it is unsubscribed, and the listeners left. */
async function wait(start: Start, more: Partial<Bounds> = {}) {
  const controller = new AbortController()
  let stops = 0
  const promise = bounded<string>({ ms: 60_000, timeout: 'reply-timeout', signal: controller.signal, ...more }, (resolve, reject) => {
    const stop = start(resolve, reject)
    return () => {
      stops += 1
      stop()
    }
  })
  const ended = promise.catch((error: unknown) => error)
  return { controller, ended: () => ended, stops: () => stops, listeners: () => getEventListeners(controller.signal, 'abort').length }
}

const nothing = () => {}

it.each<[how: string, start: Start, end: unknown, stops: number]>([
  [
    'resolved synchronously',
    (resolve) => {
      resolve('done')
      return nothing
    },
    'done',
    1,
  ],
  [
    'resolved later',
    (resolve) => {
      setImmediate(resolve, 'done')
      return nothing
    },
    'done',
    1,
  ],
  [
    'settled twice',
    (resolve, reject) => {
      setImmediate(() => {
        resolve('done')
        reject(new Error('too late'))
      })
      return nothing
    },
    'done',
    1,
  ],
  [
    'start throws',
    () => {
      throw new RangeError('no such port')
    },
    new RangeError('no such port'),
    0,
  ],
])('leaves no listener when it ends: %s', async (_how, start, end, stops) => {
  const one = await wait(start)
  expect(await one.ended()).toEqual(end)
  expect(one.stops()).toBe(stops)
  expect(one.listeners()).toBe(0)
})

it('leaves no listener after a timeout', async () => {
  const one = await wait(() => nothing, { ms: 5 })
  expect(await one.ended()).toMatchObject({ facts: { code: 'reply-timeout', values: { seconds: 0 } } })
  expect([one.stops(), one.listeners()]).toEqual([1, 0])
})

it.each([
  ['the caller', new Error('enough'), 'aborted'],
  ['the deadline', new DeadlineReached(30_000), 'deadline'],
  ['another rung', SUPERSEDED, 'reply-timeout'],
])('has the code for an abort by %s', async (_who, reason, code) => {
  const one = await wait(() => nothing)
  one.controller.abort(reason)
  expect(await one.ended()).toMatchObject({ facts: { code } })
  expect([one.stops(), one.listeners()]).toEqual([1, 0])
})

it('does not start if the signal is already aborted', async () => {
  const one = await wait(() => expect.unreachable('it started'), { signal: AbortSignal.abort() })
  expect(await one.ended()).toMatchObject({ facts: { code: 'aborted' } })
})
