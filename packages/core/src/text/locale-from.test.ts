import { expect, it } from 'vitest'
import { localeFrom } from './locale-from.ts'

it.each([
  [undefined, 'en'],
  ['', 'en'],
  ['de', 'de'],
  ['de-CH, xx;q=0.8', 'de'],
  ['fr-CA, de;q=0.8', 'fr'],
  ['xx', 'en'],
  ['en;q=0.5, de;q=0.6', 'de'],
  ['de;q=0.5, en', 'en'],
  ['de;q=0', 'en'],
  ['DE-at', 'de'],
  ['en;q=0, *', 'de'],
  ['*', 'en'],
  [';;;,,,q=', 'en'],
  [`${'x,'.repeat(100_000)}de`, 'en'],
])('%j: %s', (header, locale) => expect(localeFrom(header)).toBe(locale))
