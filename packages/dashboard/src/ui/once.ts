/** Remembers what a function has returned for the same few arguments. */
export function once<Arguments extends readonly (string | number | boolean | undefined)[], Result>(create: (...given: Arguments) => Result): (...given: Arguments) => Result {
  const results = new Map<string, Result>()
  return (...given) => {
    const key = given.join(' ')
    const known = results.get(key)
    if (known !== undefined) return known
    const result = create(...given)
    results.set(key, result)
    return result
  }
}
