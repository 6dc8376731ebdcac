import { type Locale, locales } from './index.ts'

/**
 * Chooses the language from an `Accept-Language` header (RFC 9110 §12.5.4): the available one with the highest weight, otherwise
 * English.
 *
 * @example
 * localeFrom('de-CH, fr;q=0.8') // 'de'
 */
export function localeFrom(acceptLanguage: string | undefined): Locale {
  const weights = new Map<string, number>()
  for (const part of (acceptLanguage ?? '').slice(0, 1_000).toLowerCase().split(',')) {
    const [, language, q = '1'] = /^\s*([a-z]+|\*)(?:-[a-z0-9-]+)?\s*(?:;\s*q=([\d.]+))?\s*$/.exec(part) ?? []
    if (language !== undefined) weights.set(language, Math.max(weights.get(language) ?? 0, Number(q) || 0))
  }
  const weightOf = (locale: Locale) => weights.get(locale) ?? weights.get('*') ?? 0
  return locales.toSorted((a, b) => weightOf(b) - weightOf(a))[0]!
}
