import { expect, it } from 'vitest'
import { CallOff, nativeSignal } from './call-off.ts'

it('follows another signal until it is told to leave, and is aborted once', () => {
  const [first, second] = [new AbortController(), new AbortController()]
  const off = new CallOff()
  const leave = off.follow(first.signal)
  off.follow(second.signal)
  let told = 0
  off.addEventListener('abort', () => (told += 1))
  leave()
  first.abort('first')
  expect(off.aborted).toBe(false)
  second.abort('second')
  off.abort('third')
  expect([off.aborted, off.reason, told]).toEqual([true, 'second', 1])
  const late = new CallOff()
  late.follow(second.signal)
  expect(late.reason).toBe('second')
})

it('tells nobody who has left', () => {
  const off = new CallOff()
  let told = 0
  const listener = () => (told += 1)
  off.addEventListener('abort', listener)
  off.removeEventListener('abort', listener)
  off.abort('reason')
  expect([off.reason, told]).toEqual(['reason', 0])
})

it("is given to others as a signal of Node's own, before or after the abort", () => {
  const off = new CallOff()
  const early = nativeSignal(off.signal)
  off.abort('reason')
  const late = nativeSignal(off.signal)
  for (const signal of [early, late]) {
    expect(signal).toBeInstanceOf(AbortSignal)
    expect(() => signal.throwIfAborted()).toThrow('reason')
  }
  const own = new AbortController().signal
  expect(nativeSignal(own)).toBe(own)
})
