import { de } from './de.ts'
import { en } from './en.ts'
import { fr } from './fr.ts'
import type { Texts } from './translation.ts'

export type { Texts } from './translation.ts'

/** To add a language, add its file and its name here. The first one is used for languages that are not in the list. */
const languages = { en: (): Texts => en, de, fr }

/** The languages of the texts, as tags of BCP 47. */
export type Locale = keyof typeof languages

/** Every language of the texts, English first. */
export const locales = Object.keys(languages) as readonly Locale[]

/** What happened, and what to do about it. */
export interface Sentence {
  readonly message: string
  readonly advice: string
}

/**
 * Every text for people in one language, by code. An unknown language gets English.
 *
 * @example
 * textsFor('de').stages.tls // 'TLS-Handshake'
 */
export function textsFor(locale: Locale): Texts {
  return isLocale(locale) ? languages[locale]() : en
}

/** Whether there are texts in a language. Callers without types may give any value. */
export function isLocale(locale: string): locale is Locale {
  return Object.hasOwn(languages, locale)
}
