import type { Locale } from '@postern/core'
import type { CliTexts } from './cli-texts.ts'
import { de } from './de.ts'
import { en } from './en.ts'
import { fr } from './fr.ts'

export type { CliTexts } from './cli-texts.ts'

const languages: Readonly<Record<Locale, CliTexts>> = { en, de, fr }

export function cliTextsFor(locale: Locale): CliTexts {
  return languages[locale]
}

export function isLocale(name: string): name is Locale {
  return Object.hasOwn(languages, name)
}
