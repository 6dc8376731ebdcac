import { describe, expect, it } from 'vitest'
import { concurrencyLimit, rateLimit } from './limits.ts'

const DAY = 24 * 3_600_000

describe('rateLimit', () => {
  it.each([1_000, 60_000, 25 * DAY, Infinity])('limits each key per %s ms', async (per) => {
    const takeTurn = rateLimit({ checks: 2, per })
    expect([await takeTurn('ada'), await takeTurn('ada')]).toEqual([undefined, undefined])
    // Set for longer than 24 days, a timer of Node rings after 1 ms: before this one, which was set later.
    await new Promise((resolve) => setTimeout(resolve, 1))
    expect(await takeTurn('ada')).toBeGreaterThanOrEqual(1)
    expect(await takeTurn('bob')).toBeUndefined()
  })

  it('has no end for an infinite period', async () => {
    const takeTurn = rateLimit({ checks: Infinity, per: 1_000 })
    expect(await takeTurn('ada')).toBeUndefined()
  })

  it.each(['__proto__', 'constructor', ''])('treats %j like any other key', async (key) => {
    const takeTurn = rateLimit({ checks: 1, per: 60_000 })
    expect(await takeTurn(key)).toBeUndefined()
    expect(await takeTurn(key)).toBeGreaterThan(0)
  })
})

const full = () => 'full'

describe('concurrencyLimit', () => {
  it('refuses further calls immediately, and accepts one when another has ended', async () => {
    const limited = concurrencyLimit(2)
    const leave: (() => void)[] = []
    const stay = () => new Promise<string>((resolve) => leave.push(() => resolve('done')))
    const staying = [limited(stay, full), limited(stay, full)]
    expect(await Promise.all(Array.from({ length: 50 }, () => limited(stay, full)))).toEqual(Array(50).fill('full'))
    leave[0]!()
    expect(await staying[0]).toBe('done')
    const next = limited(stay, full)
    await expect.poll(() => leave.length).toBe(3)
    expect(await limited(stay, full)).toBe('full')
    for (const one of leave) one()
    expect(await Promise.all([staying[1], next])).toEqual(['done', 'done'])
  })

  it('releases the slot of a failed call', async () => {
    const limited = concurrencyLimit(1)
    for (let times = 0; times < 3; times++) {
      await expect(limited(() => Promise.reject(new Error('failed')), full)).rejects.toThrow('failed')
    }
    expect(await limited(() => Promise.resolve('done'), full)).toBe('done')
  })
})
