import { expect, it } from 'vitest'
import { modelOf } from '../../test/ui-models.ts'
import { packState, unpackState } from './packed-state.ts'

const names = ['empty', 'unknown', 'pass', 'warn', 'fail', 'several', 'many', 'hostile'] as const

it.each(names)('keeps every event of the state "%s"', (name) => {
  const { state } = modelOf(name)
  expect(unpackState(JSON.parse(JSON.stringify(packState(state))))).toEqual(state)
})
