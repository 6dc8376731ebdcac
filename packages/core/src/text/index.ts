import { de } from './de.ts'
import { en } from './en.ts'
import type { Texts } from './translation.ts'

export type { Texts } from './translation.ts'

/** The languages of the texts. */
export type Locale = keyof typeof languages

/** What happened, and what to do about it. */
export interface Sentence {
  readonly message: string
  readonly advice: string
}

/** To add a language, add its file and its name here. */
const languages = { en, de }

/**
 * Every text for people in one language, by code. An unknown language gets English.
 *
 * @example
 * textsFor('de').stages.tls // 'TLS-Handshake'
 */
export function textsFor(locale: Locale): Texts {
  return Object.hasOwn(languages, locale) ? languages[locale] : en
}
