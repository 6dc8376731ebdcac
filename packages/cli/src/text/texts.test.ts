import { expect, it } from 'vitest'
import { type CliTexts, cliTextsFor } from './index.ts'

/** Every sentence by path, reduced to its placeholders. */
function placeholders(texts: object, path = ''): Record<string, string> {
  return Object.fromEntries(
    Object.entries(texts).flatMap(([key, text]: [string, unknown]) => {
      if (typeof text !== 'string') return Object.entries(placeholders(text as CliTexts, `${path}${key}.`))
      return [[path + key, (text.match(/\{\w+\}/g) ?? []).toSorted().join('')]]
    }),
  )
}

it.each(['de', 'fr'] as const)('the texts in "%s" have the placeholders of the English ones', (locale) => {
  expect(placeholders(cliTextsFor(locale))).toEqual(placeholders(cliTextsFor('en')))
})
