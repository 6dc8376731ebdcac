import { describe, expect, it } from 'vitest'
import { thrownBy } from '../../test/thrown-by.ts'
import { SettingsError } from '../settings/settings-error.ts'
import { defaultTimeouts, resolveTimeouts, type TransactionTimeouts } from './timeouts.ts'

const names = Object.keys(defaultTimeouts) as (keyof TransactionTimeouts)[]

describe('the timeouts of a transaction', () => {
  it('are those of RFC 5321 §4.5.3.2', () => {
    expect(resolveTimeouts()).toEqual({ mail: 300_000, rcpt: 300_000, data: 120_000, block: 180_000, end: 600_000 })
  })

  it('are set one by one', () => {
    expect(resolveTimeouts({ end: 5 })).toEqual({ ...defaultTimeouts, end: 5 })
  })

  it('can be infinite', () => {
    for (const name of names) expect(resolveTimeouts({ [name]: Infinity })[name]).toBe(Infinity)
  })

  it('do not exceed the common limit', () => {
    expect(resolveTimeouts({ mail: 10, end: Infinity }, 20)).toEqual({ mail: 10, rcpt: 20, data: 20, block: 20, end: 20 })
    expect(resolveTimeouts({}, Infinity)).toEqual(defaultTimeouts)
  })

  it.each([NaN, 0, -1, -Infinity, '5000', '', null, {}, true])('are rejected by name if one is %j', (value) => {
    for (const name of names) {
      expect(namesIn(thrownBy(() => resolveTimeouts({ [name]: value as number })))).toEqual([`timeouts.${name}`])
    }
  })

  it('are rejected together', () => {
    expect(namesIn(thrownBy(() => resolveTimeouts({ mail: NaN, end: 0 })))).toEqual(['timeouts.mail', 'timeouts.end'])
  })
})

/** What a settings error names. */
function namesIn(error: unknown): readonly string[] | undefined {
  return SettingsError.isInstance(error) ? error.issues.map(({ path }) => path) : undefined
}
