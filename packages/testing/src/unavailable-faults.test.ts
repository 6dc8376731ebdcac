import { expect, it } from 'vitest'
import { faultNames } from './faults.ts'
import { unavailability } from './unavailable-faults.ts'

const unavailableOn = (platform: string, isBun = false) => faultNames.filter((fault) => unavailability(fault, { platform, isBun }))

it.each([
  ['linux', false, []],
  ['darwin', false, ['black-hole']],
  ['win32', false, ['black-hole']],
  ['linux', true, ['tls-outdated']],
] as const)('on %s, Bun: %s', (platform, isBun, faults) => {
  expect(unavailableOn(platform, isBun)).toEqual(faults)
})

it('says what to use instead', () => {
  expect(unavailability('black-hole', { platform: 'darwin', isBun: false })).toContain("'silent'")
})
