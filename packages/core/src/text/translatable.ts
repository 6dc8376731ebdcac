import type { Locale } from './index.ts'

/** How to describe an object again. */
interface Description {
  /** The language of the object; undefined if it has parts in several. */
  readonly locale: Locale | undefined
  readonly describe: (locale: Locale) => object
}

/** Kept beside the objects, so that they have no further field, in JSON or elsewhere. */
const descriptions = new WeakMap<object, Description>()

/**
 * A failure, a diagnosis, a health report or the finding `certificate-expiring` in another language. Sentences that a function of
 * the app gave stay as they are.
 *
 * @returns the same object if it is in that language, or if core has not made it: a copy, for instance, or parsed JSON
 * @example
 * try { await transport.sendMail(mail) } catch (error) { show(inLocale(diagnose(error), 'de').message) }
 */
export function inLocale<T extends object>(described: T, locale: Locale): T {
  const known = descriptions.get(described)
  return known && known.locale !== locale ? describeIn(locale, known.describe as (locale: Locale) => T) : described
}

/** Describes something in a language, so that `inLocale` can describe it in another one. What `describe` refers to stays in memory. */
export function describeIn<T extends object>(locale: Locale, describe: (locale: Locale) => T): T {
  return translatable(describe(locale), describe, locale)
}

/** Makes an object that is built from another one as translatable as that is. */
export function derive<From extends object, T extends object>(from: From, build: (from: From) => T): T {
  const known = descriptions.get(from)
  const built = build(from)
  return known ? translatable(built, (locale) => build(inLocale(from, locale)), known.locale) : built
}

/** Records how an object can be described again. @param locale the language of the object, if it has one language */
export function translatable<T extends object>(described: T, describe: (locale: Locale) => T, locale?: Locale): T {
  descriptions.set(described, { locale, describe })
  return described
}
