import { de } from './de.ts'
import { en } from './en.ts'
import type { Texts } from './translation.ts'

export type { Texts } from './translation.ts'

/** The languages Postern speaks. */
export type Locale = keyof typeof languages

/** What happened, and what to do about it. */
export interface Sentence {
  readonly message: string
  readonly advice: string
}

/** Adding a language is adding its file and its name here. */
const languages = { en, de }

/**
 * Every sentence a person reads, in one language, by code. In English where there is none such: a report does not fail over its words.
 *
 * @example
 * textsFor('de').stages.tls // 'TLS-Handshake'
 */
export function textsFor(locale: Locale): Texts {
  return Object.hasOwn(languages, locale) ? languages[locale] : en
}
