import { en } from './en.ts'

/** The languages Postern speaks. */
export type Locale = keyof typeof languages

/** What happened, and what to do about it. */
export interface Sentence {
  readonly message: string
  readonly advice: string
}

type Widened<T> = { readonly [K in keyof T]: T[K] extends string ? string : Widened<T[K]> }
/** Every sentence of a language, by code. */
export type Texts = Widened<typeof en>

const languages = { en }

/**
 * Every sentence in a language.
 *
 * @example
 * textsFor('en').failures['connect-refused'].advice
 */
export function textsFor(locale: Locale): Texts {
  return languages[locale]
}
