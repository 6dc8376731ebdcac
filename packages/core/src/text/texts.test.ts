import { describe, expect, it } from 'vitest'
import { de } from './de.ts'
import { en } from './en.ts'
import { format } from './format.ts'
import { textsFor } from './index.ts'
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
    translation({ ...en, delivery: { unknown: { message: '{message}', advice: '' } } })
    expect(en.delivery.unknown.message).toContain('{host}')
  })

  it('rejects a sentence with an additional placeholder', () => {
    // @ts-expect-error {again} is not in the English sentence
    translation({ ...en, delivery: { unknown: { message: '{message} {host} {again}', advice: '' } } })
    expect(en.delivery.unknown.message).not.toContain('{again}')
  })

  it('rejects an additional and a missing sentence', () => {
    // @ts-expect-error there is no such code
    translation({ ...en, diagnoses: { ...en.diagnoses, more: { message: '', advice: '' } } })
    // @ts-expect-error the stages are missing
    translation({ ...en, stages: { dns: 'DNS' } })
    expect(Object.keys(de.stages)).toEqual(Object.keys(en.stages))
  })

  it('accepts placeholders in a different order', () => {
    const texts = translation({ ...en, delivery: { unknown: { message: '{host}: {message}', advice: '' } } })
    expect(texts.delivery.unknown.message).toBe('{host}: {message}')
  })
})

describe.each(['en', 'de'] as const)('%s', (locale) => {
  const sentences = leaves(textsFor(locale))

  const paths = (wrong: (path: string, sentence: string) => boolean) =>
    sentences.filter(([path, sentence]) => wrong(path, sentence)).map(([path]) => path)

  it('has no empty text, no markup and no stray spaces', () => {
    expect(paths((_, sentence) => !/\S/.test(sentence) || /^\s|\s$| {2}|<|\n/.test(sentence))).toEqual([])
  })

  it('ends every sentence with a full stop', () => {
    const whole = /^(?:failures|findings|plan|ports)/
    expect(paths((path, sentence) => whole.test(path) && !path.endsWith('.name') && !sentence.endsWith('.'))).toEqual(
      [],
    )
  })
})

it('has no English sentence among the German ones', () => {
  const english = new Map(leaves(en))
  const same = leaves(de).filter(
    ([path, sentence]) => english.get(path) === sentence && sentence.includes(' ') && !path.endsWith('.name'),
  )
  expect(same).toEqual([])
})

function leaves(node: object, path = ''): [string, string][] {
  return Object.entries(node).flatMap(([key, value]: [string, unknown]) => {
    const at = path ? `${path}.${key}` : key
    return typeof value === 'string' ? [[at, value] as [string, string]] : leaves(value as object, at)
  })
}
