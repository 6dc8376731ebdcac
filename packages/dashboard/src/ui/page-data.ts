import { format, type Locale, type Texts, textsFor } from '@postern/core'
import type { PageModel } from '../page-model.ts'
import { once } from './once.ts'
import { type PageTexts, pageTextsFor } from '../text/index.ts'

/** The texts that the page shows, in its language. */
export interface UiTexts extends PageTexts {
  readonly stages: Texts['stages']
  /** By failure code, without host and port. */
  readonly sentences: Readonly<Record<string, { readonly message: string; readonly advice: string }>>
}

/** What the components are rendered from: on the server, and again in the browser, which reads it from the page. */
export interface PageData extends PageModel {
  readonly texts: UiTexts
}

/** Adds the texts of one language to the model, so that the script in the browser contains none. */
export function createPageData(model: PageModel): PageData {
  return { ...model, texts: uiTextsFor(model.locale) }
}

const uiTextsFor = once((locale: Locale): UiTexts => {
  const { stages, failures } = textsFor(locale)
  const sentences = Object.fromEntries(
    Object.entries(failures).map(([code, { message, advice }]) => [code, { message: format(message, {}), advice: format(advice, {}) }]),
  )
  return { ...pageTextsFor(locale), stages, sentences }
})
