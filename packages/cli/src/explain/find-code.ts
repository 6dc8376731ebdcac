import { type Locale, textsFor } from '@postern/core'

/** What is known about a code, or about the error in a text. */
export interface Explanation {
  readonly code: string
  readonly message: string
  readonly advice: string
}

/** The kinds of codes, in the order in which a code is looked up. */
const kinds = ['failures', 'reasons', 'diagnoses', 'findings'] as const

/** Explains a stable code of Postern: of a failure, its reason, a diagnosis or a finding. */
export function findCode(code: string, locale: Locale): Explanation | undefined {
  const texts = textsFor(locale)
  for (const kind of kinds) {
    const sentences: Readonly<Record<string, { readonly message: string; readonly advice: string }>> = texts[kind]
    if (Object.hasOwn(sentences, code)) {
      const { message, advice } = sentences[code]!
      return { code, message: inGeneral(message), advice: inGeneral(advice) }
    }
  }
  return undefined
}

/** A sentence without its optional parts, and with the names of the values that it needs: `Port <port> is …` */
function inGeneral(sentence: string): string {
  return sentence.replaceAll(/\[[^\]]*\]/g, '').replaceAll(/\{(\w+)\}/g, '<$1>')
}
