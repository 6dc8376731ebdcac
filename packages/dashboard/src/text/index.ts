import type { Locale } from '@postern/core'
import { de } from './de.ts'
import { en } from './en.ts'
import { fr } from './fr.ts'
import type { PageTexts } from './page-texts.ts'

export type { PageTexts } from './page-texts.ts'

const languages: Readonly<Record<Locale, PageTexts>> = { en, de, fr }

/** The page's own texts in one language. */
export function pageTextsFor(locale: Locale): PageTexts {
  return languages[locale]
}
