import type { en } from './en.ts'
import type { Placeholders } from './format.ts'

type Widened<T> = { readonly [K in keyof T]: T[K] extends string ? string : Widened<T[K]> }

/** Every sentence of a language, by code. */
export type Texts = Widened<typeof en>

/** A sentence that has the placeholders of the English one, no more and no fewer. */
type SamePlaceholders<English extends string, Own extends string> = [Placeholders<English>, Placeholders<Own>] extends [
  Placeholders<Own>,
  Placeholders<English>,
]
  ? Own
  : `The placeholders should be: ${Placeholders<English>}`

type Matching<English, Own> = {
  readonly [K in keyof Own]: K extends keyof English
    ? Own[K] extends string
      ? English[K] extends string
        ? SamePlaceholders<English[K], Own[K]>
        : never
      : Matching<English[K], Own[K]>
    : never
}

/**
 * A language. Does not compile unless it has every sentence of the English file, none besides, and in each sentence the
 * same placeholders.
 *
 * @example
 * export const fr = translation({ failures: { … }, … })
 */
export function translation<const T extends Texts>(texts: T & Matching<typeof en, T>): Texts {
  return texts
}
