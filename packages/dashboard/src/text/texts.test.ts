import { describe, expect, it } from 'vitest'
import { pageTextsFor } from './index.ts'

/** Every sentence by path. */
function sentences(texts: object, path = ''): [path: string, text: string][] {
  return Object.entries(texts).flatMap(([key, text]: [string, unknown]) => (typeof text === 'string' ? [[path + key, text] as [string, string]] : sentences(text as object, `${path}${key}.`)))
}

const english = sentences(pageTextsFor('en'))

/** Texts that are the same as in English. */
const same = {
  de: ['gates.security.starttls', 'gates.title', 'live.live', 'test.mailer', 'timeline.columns.port', 'timeline.several'],
  fr: ['gates.security.starttls', 'gates.title', 'timeline.columns.port', 'timeline.several'],
} as const

describe.each(['de', 'fr'] as const)('the texts in "%s"', (locale) => {
  const own = sentences(pageTextsFor(locale))

  it('have the placeholders of the English ones', () => {
    const placeholders = (all: typeof own) => all.map(([path, text]) => [path, (text.match(/\{\w+\}/g) ?? []).toSorted().join('')])
    expect(placeholders(own)).toEqual(placeholders(english))
  })

  it('are not English, except those in the list', () => {
    const texts = new Map(english)
    expect(own.filter(([path, text]) => texts.get(path) === text).map(([path]) => path).toSorted()).toEqual(same[locale])
  })
})

it('has a no-break space before a colon in French', () => {
  expect(sentences(pageTextsFor('fr')).filter(([, text]) => /[^\u{a0}][:;](?: |$)/u.test(text))).toEqual([])
})
