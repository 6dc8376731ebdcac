import type { Texts } from '../text/index.ts'

/** A pasted value and the characters around it that do not belong to it. */
export interface Stripped {
  readonly text: string
  /** The characters that were removed, each once. */
  readonly characters: readonly string[]
}

/** What is copied along with a value: spaces, invisible characters, quotes of any kind, brackets and separators. */
const stray = /[\s\p{Cc}\p{Cf}"'`´“”„‟‘’‚‛«»‹›<>;,]/u
const blank = /[\s\p{Cc}\p{Cf}]/u
const quote = /["'`´“”„‟‘’‚‛«»‹›]/

/**
 * Removes what does not belong to a pasted value from its ends.
 *
 * @example
 * withoutStray('“smtp.example.com”;') // { text: 'smtp.example.com', characters: ['“', '”', ';'] }
 */
export function withoutStray(value: string): Stripped {
  return stripped(value, stray)
}

/** Like `withoutStray`, for secrets, which may begin or end with any visible character: removes spaces, and quotes at both ends. */
export function withoutWrapping(value: string): Stripped {
  const inner = stripped(value, blank)
  const isQuoted = /^(.).+?(.)[;,]?$/su.exec(inner.text)?.slice(1).every((end) => quote.test(end))
  return isQuoted ? stripped(value, stray) : inner
}

function stripped(value: string, pattern: RegExp): Stripped {
  let [start, end] = [0, value.length]
  while (start < end && pattern.test(value[start]!)) start += 1
  while (end > start && pattern.test(value[end - 1]!)) end -= 1
  return { text: value.slice(start, end), characters: namedOnce(value.slice(0, start) + value.slice(end)) }
}

/** Each character once, and not too many. */
export function namedOnce(characters: Iterable<string>): readonly string[] {
  return [...new Set(characters)].slice(0, 8)
}

/**
 * The names of characters, for a sentence.
 *
 * @example
 * namesOf(['“', ';', ' '], textsFor('en').characters) // '“ (U+201C), ";", a space (U+0020)'
 */
export function namesOf(characters: readonly string[], names: Texts['characters']): string {
  return characters.map((character) => nameOf(character, names)).join(', ')
}

function nameOf(character: string, names: Texts['characters']): string {
  const code = `U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`
  if (Object.hasOwn(names, code)) return `${names[code as keyof Texts['characters']]} (${code})`
  if (blank.test(character) || /\p{Cs}/u.test(character)) return code
  if (character > '~') return `${character} (${code})`
  return character === '"' ? `'"'` : `"${character}"`
}
