import type { Locale } from '@postern/core'
import { isLocale } from './text/index.ts'

/** The language: of `--lang`, otherwise of the environment as POSIX defines it, otherwise English. */
export function localeOf(lang: string | undefined, { LC_ALL, LC_MESSAGES, LANG }: NodeJS.ProcessEnv): Locale {
  const wanted = lang ?? (LC_ALL || LC_MESSAGES || LANG || '').slice(0, 2)
  return isLocale(wanted) ? wanted : 'en'
}
