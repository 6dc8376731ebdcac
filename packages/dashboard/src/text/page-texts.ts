import type { en } from './en.ts'

type Widened<T> = { readonly [K in keyof T]: T[K] extends string ? string : Widened<T[K]> }

/** The page's own texts in one language. */
export type PageTexts = Widened<typeof en>
