import { expect, it } from 'vitest'
import { Cancellation, nativeSignal } from './cancellation.ts'

it('follows another signal until that is ended, and aborts once', () => {
  const [first, second] = [new AbortController(), new AbortController()]
  const off = new Cancellation()
  const leave = off.follow(first.signal)
  off.follow(second.signal)
  let calls = 0
  off.addEventListener('abort', () => (calls += 1))
  leave()
  first.abort('first')
  expect(off.aborted).toBe(false)
  second.abort('second')
  off.abort('third')
  expect([off.aborted, off.reason, calls]).toEqual([true, 'second', 1])
  const late = new Cancellation()
  late.follow(second.signal)
  expect(late.reason).toBe('second')
})

it('calls no listener that was removed', () => {
  const off = new Cancellation()
  let calls = 0
  const listener = () => (calls += 1)
  off.addEventListener('abort', listener)
  off.removeEventListener('abort', listener)
  off.abort('reason')
  expect([off.reason, calls]).toEqual(['reason', 0])
})

it("becomes a native signal, before or after the abort", () => {
  const off = new Cancellation()
  const early = nativeSignal(off)
  off.abort('reason')
  const late = nativeSignal(off)
  for (const signal of [early, late]) {
    expect(signal).toBeInstanceOf(AbortSignal)
    expect(() => signal.throwIfAborted()).toThrow('reason')
  }
  const own = new AbortController().signal
  expect(nativeSignal(own)).toBe(own)
})
