import { beforeEach, expect, it } from 'vitest'
import { ManualClock } from '../../test/manual-clock.ts'
import type { Address } from '../smtp/resolve.ts'
import { AddressOrder, reachableFrom } from './address-order.ts'

const v6 = (name: string): Address => ({ address: name, family: 6 })
const v4 = (name: string): Address => ({ address: name, family: 4 })
const [a, b, c] = [v6('a'), v6('b'), v6('c')]
const [x, y] = [v4('x'), v4('y')]

let clock: ManualClock
let order: AddressOrder

beforeEach(() => {
  clock = new ManualClock()
  order = new AddressOrder(clock)
})

const names = (addresses: readonly Address[]) => addresses.map(({ address }) => address).join('')

it('starts each connection with the next address of the preferred family, and alternates families', () => {
  const all = [a, b, c, x, y]
  expect([1, 2, 3, 4].map(() => names(order.next(all, 587)))).toEqual(['axbyc', 'bxcya', 'cxayb', 'axbyc'])
})

it('keeps the preference of the resolver', () => {
  expect([1, 2].map(() => names(order.next([x, a, b], 587)))).toEqual(['xab', 'xab'])
})

it('tries a failed address last for a minute, on that port only', () => {
  order.failed(a, 587)
  expect(names(order.next([a, x], 587))).toBe('xa')
  expect(names(order.next([a, x], 2525))).toBe('ax')
  clock.advance(59_999)
  expect(names(order.next([a, x], 587))).toBe('xa')
  clock.advance(1)
  expect(names(order.next([a, x], 587))).toBe('ax')
})

it('keeps the order if all have failed, and forgets a failure when the address works', () => {
  order.failed(a, 587)
  order.failed(x, 587)
  expect(names(order.next([a, x], 587))).toBe('ax')
  order.worked(x, 587)
  expect(names(order.next([a, x], 587))).toBe('xa')
})

it('ignores a failure with a time in the future', () => {
  order.failed(a, 587)
  clock.time -= 60_000
  expect(names(order.next([a, x], 587))).toBe('ax')
})

it('omits addresses that cannot be reached from the local address', () => {
  expect(names(reachableFrom('192.0.2.1', [a, x, b, y]))).toBe('xy')
  expect(names(reachableFrom('2001:db8::1', [a, x, b, y]))).toBe('ab')
  expect(names(reachableFrom(undefined, [a, x]))).toBe('ax')
})
