import type { en } from './en.ts'
import type { Placeholders } from './format.ts'

type Widened<T> = { readonly [K in keyof T]: T[K] extends string ? string : Widened<T[K]> }

/** Every text of a language, by code. */
export type Texts = Widened<typeof en>

/** A sentence with exactly the placeholders of the English one. */
type SamePlaceholders<English extends string, Own extends string> = [Placeholders<English>, Placeholders<Own>] extends [
  Placeholders<Own>,
  Placeholders<English>,
]
  ? Own
  : { readonly 'the placeholders should be': Placeholders<English> }

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
 * Defines a language. Compiles only if it has exactly the texts of the English file, each with the same placeholders. V8 compiles
 * the texts when they are first used, and not with every import.
 *
 * @example
 * export const fr = translation(() => ({ failures: { … }, … }))
 */
export function translation<const T extends object>(create: () => T & Texts & Matching<typeof en, T>): () => Texts {
  let texts: Texts | undefined
  return () => (texts ??= create())
}
