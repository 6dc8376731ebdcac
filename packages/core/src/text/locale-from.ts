import type { Locale } from './index.ts'

const spoken: readonly Locale[] = ['en', 'de']

/**
 * The language to answer in (RFC 9110 §12.5.4): the one of ours that the reader likes best, else English.
 *
 * @example
 * localeFrom('de-CH, fr;q=0.8') // 'de'
 */
export function localeFrom(acceptLanguage: string | undefined): Locale {
  const liking = new Map<string, number>()
  for (const part of (acceptLanguage ?? '').slice(0, 1_000).toLowerCase().split(',')) {
    const [, language, q = '1'] = /^\s*([a-z]+|\*)(?:-[a-z0-9-]+)?\s*(?:;\s*q=([\d.]+))?\s*$/.exec(part) ?? []
    if (language !== undefined) liking.set(language, Math.max(liking.get(language) ?? 0, Number(q) || 0))
  }
  const likingOf = (locale: Locale) => liking.get(locale) ?? liking.get('*') ?? 0
  return spoken.toSorted((a, b) => likingOf(b) - likingOf(a))[0]!
}
