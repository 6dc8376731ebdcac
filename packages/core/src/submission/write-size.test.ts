import { expect, it } from 'vitest'
import { WriteSize } from './write-size.ts'

it('grows while writes are fast, shrinks while they are slow, within limits', () => {
  const size = new WriteSize()
  const after = (ms: number) => {
    size.adapt(ms)
    return size.octets
  }
  expect([size.octets, after(3), after(3)]).toEqual([524_288, 1_048_576, 1_048_576])
  expect([after(5_000), after(20_000), after(60_000), after(60_000), after(60_000)]).toEqual([1_048_576, 524_288, 262_144, 131_072, 131_072])
})
