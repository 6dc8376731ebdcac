import type { en } from './en.ts'

type Widened<T> = { readonly [K in keyof T]: T[K] extends string ? string : Widened<T[K]> }

/** The command's own texts in one language. What they say about mail comes from core. */
export type CliTexts = Widened<typeof en>
