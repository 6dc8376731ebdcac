import { describe, expect, it } from 'vitest'
import { thrownBy } from '../../test/thrown-by.ts'
import { SettingsError } from '../settings/settings-error.ts'
import { defaultWaits, resolveWaits, type TransactionWaits } from './waits.ts'

const names = Object.keys(defaultWaits) as (keyof TransactionWaits)[]

describe('the waits of a transaction', () => {
  it('are those of RFC 5321 §4.5.3.2', () => {
    expect(resolveWaits()).toEqual({ mail: 300_000, rcpt: 300_000, data: 120_000, block: 180_000, end: 600_000 })
  })

  it('are set one by one', () => {
    expect(resolveWaits({ end: 5 })).toEqual({ ...defaultWaits, end: 5 })
  })

  it('can be endless', () => {
    for (const name of names) expect(resolveWaits({ [name]: Infinity })[name]).toBe(Infinity)
  })

  it('are no longer than the limit for all of them', () => {
    expect(resolveWaits({ mail: 10, end: Infinity }, 20)).toEqual({ mail: 10, rcpt: 20, data: 20, block: 20, end: 20 })
    expect(resolveWaits({}, Infinity)).toEqual(defaultWaits)
  })

  it.each([NaN, 0, -1, -Infinity, '5000', '', null, {}, true])('are refused by name where one is %j', (value) => {
    for (const name of names) {
      expect(namesIn(thrownBy(() => resolveWaits({ [name]: value as number })))).toEqual([`waits.${name}`])
    }
  })

  it('are refused together', () => {
    expect(namesIn(thrownBy(() => resolveWaits({ mail: NaN, end: 0 })))).toEqual(['waits.mail', 'waits.end'])
  })
})

/** What a settings error names. */
function namesIn(error: unknown): readonly string[] | undefined {
  return SettingsError.isInstance(error) ? error.issues.map(({ path }) => path) : undefined
}
