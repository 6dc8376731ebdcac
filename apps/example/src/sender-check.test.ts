import { expect, it } from 'vitest'
import { senderCheckOf } from './sender-check.ts'

it('has the addresses of the first message', () => {
  expect(senderCheckOf({ from: 'app@example.com', to: 'ada@example.com' })).toEqual({ from: 'app@example.com', to: 'ada@example.com' })
})

it('leaves out what only a message may have', () => {
  expect(senderCheckOf({ from: 'The app <app@example.com>', to: 'ada@example.com' })).toBeUndefined()
})
