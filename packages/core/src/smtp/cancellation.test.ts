import { expect, it } from 'vitest'
import { Cancellation, nativeSignal } from './cancellation.ts'

it('follows another signal until unfollowed, and aborts once', () => {
  const [first, second] = [new AbortController(), new AbortController()]
  const cancellation = new Cancellation()
  const unfollow = cancellation.follow(first.signal)
  cancellation.follow(second.signal)
  let calls = 0
  cancellation.addEventListener('abort', () => (calls += 1))
  unfollow()
  first.abort('first')
  expect(cancellation.aborted).toBe(false)
  second.abort('second')
  cancellation.abort('third')
  expect([cancellation.aborted, cancellation.reason, calls]).toEqual([true, 'second', 1])
  const late = new Cancellation()
  late.follow(second.signal)
  expect(late.reason).toBe('second')
})

it('calls no listener that was removed', () => {
  const cancellation = new Cancellation()
  let calls = 0
  const listener = () => (calls += 1)
  cancellation.addEventListener('abort', listener)
  cancellation.removeEventListener('abort', listener)
  cancellation.abort('reason')
  expect([cancellation.reason, calls]).toEqual(['reason', 0])
})

it('can be converted to a native signal, before or after the abort', () => {
  const cancellation = new Cancellation()
  const early = nativeSignal(cancellation)
  cancellation.abort('reason')
  const late = nativeSignal(cancellation)
  for (const signal of [early, late]) {
    expect(signal).toBeInstanceOf(AbortSignal)
    expect(() => signal.throwIfAborted()).toThrow('reason')
  }
  const own = new AbortController().signal
  expect(nativeSignal(own)).toBe(own)
})
