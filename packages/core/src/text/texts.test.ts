import { readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { de } from './de.ts'
import { en } from './en.ts'
import { format } from './format.ts'
import { fr } from './fr.ts'
import { type Locale, locales, textsFor } from './index.ts'
import { translation } from './translation.ts'

describe('format', () => {
  it.each([
    ['Port {port} on {host}', { port: 587, host: 'a.example' }, 'Port 587 on a.example'],
    ['Port {port} on {host}', { host: 'a.example' }, 'Port ? on a.example'],
    ['no answer[ on port {port}][ within {seconds} s].', { seconds: 10 }, 'no answer within 10 s.'],
    ['[{a} and {b}].', { a: 1 }, '.'],
    ['{a}', { a: '[{b}]', b: 'not again' }, '[{b}]'],
  ])('%s', (sentence, values, expected) => {
    expect(format(sentence, values)).toBe(expected)
  })
})

describe('translation', () => {
  // The compiler checks these: `pnpm run types` fails if one of the lines below compiles.
  it('rejects a sentence with a missing placeholder', () => {
    // @ts-expect-error {host} is missing
    translation(() => ({ ...en, delivery: { unknown: { message: '{message}', advice: '' } } }))
    expect(en.delivery.unknown.message).toContain('{host}')
  })

  it('rejects a sentence with an additional placeholder', () => {
    // @ts-expect-error {again} is not in the English sentence
    translation(() => ({ ...en, delivery: { unknown: { message: '{message} {host} {again}', advice: '' } } }))
    expect(en.delivery.unknown.message).not.toContain('{again}')
  })

  it('rejects an additional and a missing sentence', () => {
    // @ts-expect-error there is no such code
    translation(() => ({ ...en, diagnoses: { ...en.diagnoses, more: { message: '', advice: '' } } }))
    // @ts-expect-error the stages are missing
    translation(() => ({ ...en, stages: { dns: 'DNS' } }))
    expect(Object.keys(de().stages)).toEqual(Object.keys(en.stages))
  })

  it('accepts placeholders in a different order', () => {
    const texts = translation(() => ({ ...en, delivery: { unknown: { message: '{host}: {message}', advice: '' } } }))
    expect(texts().delivery.unknown.message).toBe('{host}: {message}')
  })
})

describe.each(locales)('%s', (locale) => {
  const sentences = leaves(textsFor(locale))

  const paths = (wrong: (path: string, sentence: string) => boolean) =>
    sentences.filter(([path, sentence]) => wrong(path, sentence)).map(([path]) => path)

  it('has no empty text, no markup and no stray spaces', () => {
    expect(paths((_, sentence) => !/\S/.test(sentence) || /^\s|\s$| {2}|<|\n/.test(sentence))).toEqual([])
  })

  it('has no message that contains its advice, and no advice that contains its message', () => {
    const texts = new Map(sentences)
    const pairs = sentences.flatMap(([path, message]) => {
      const advice = path.endsWith('.message') ? texts.get(path.replace(/message$/, 'advice')) : undefined
      return advice === undefined ? [] : [{ message, advice }]
    })
    expect(pairs.length).toBeGreaterThan(80)
    expect(pairs.filter(({ message, advice }) => message.includes(advice) || advice.includes(message))).toEqual([])
  })

  it('ends every sentence with a full stop', () => {
    const whole = /^(?:failures|findings|plan|ports)/
    expect(paths((path, sentence) => whole.test(path) && !path.endsWith('.name') && !sentence.endsWith('.'))).toEqual(
      [],
    )
  })
})

/** Texts that are the same as in English, for each reason. */
const names = ['stages.ehlo', 'stages.starttls', 'ports.25.name', 'logins.oauth2']
const placeholdersOnly = ['diagnoses.mixed.advice', 'users.fixed']
const sameWord: Partial<Record<Locale, readonly string[]>> = { de: ['form.port.label'], fr: ['stages.message'] }

/** Words that are frequent in English, and in none of the other languages. */
const englishWord = /\b(?:the|is|are|of|and|or|not|this|that|with|from|for|your|does|has)\b/i

describe.each(locales.filter((locale) => locale !== 'en'))('%s', (locale) => {
  const sentences = leaves(textsFor(locale))

  it('has no English text, except those in the list', () => {
    const english = new Map(leaves(en))
    const same = sentences.filter(([path, sentence]) => english.get(path) === sentence).map(([path]) => path)
    expect(same.toSorted()).toEqual([...names, ...placeholdersOnly, ...(sameWord[locale] ?? [])].toSorted())
  })

  it('has no English words in a sentence', () => {
    expect(sentences.filter(([, sentence]) => englishWord.test(sentence))).toEqual([])
  })
})

it('has a no-break space before a colon or semicolon in French', () => {
  const wrong = /\p{L} ?[:;](?: |$)|\} ?[:;](?: |$)/u
  const code = /\b(?:security|secure|requireTLS|login):/g
  expect(leaves(fr()).filter(([, sentence]) => wrong.test(sentence.replaceAll(code, '')))).toEqual([])
})

it('has every language in the list', () => {
  const files = readdirSync(import.meta.dirname).flatMap((name) => /^([a-z]{2}(?:-[a-z]+)?)\.ts$/i.exec(name)?.[1] ?? [])
  expect(files.toSorted()).toEqual(locales.toSorted())
})

function leaves(node: object, path = ''): [string, string][] {
  return Object.entries(node).flatMap(([key, value]: [string, unknown]) => {
    const at = path ? `${path}.${key}` : key
    return typeof value === 'string' ? [[at, value] as [string, string]] : leaves(value as object, at)
  })
}
