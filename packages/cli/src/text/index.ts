import type { Locale } from '@postern/core'
import { de } from './de.ts'
import { en } from './en.ts'
import { fr } from './fr.ts'

type Widened<T> = { readonly [K in keyof T]: T[K] extends string ? string : Widened<T[K]> }

/** The command's own texts in one language. What they say about mail comes from core. */
export type CliTexts = Widened<typeof en>

const languages: Readonly<Record<Locale, CliTexts>> = { en, de, fr }

export function cliTextsFor(locale: Locale): CliTexts {
  return languages[locale]
}

export function isLocale(name: string): name is Locale {
  return Object.hasOwn(languages, name)
}
