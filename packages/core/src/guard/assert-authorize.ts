/**
 * Rejects a settings check that anybody could use.
 *
 * @param of the function that was called, for the message
 * @throws TypeError with the code `authorize-missing`
 */
export function assertAuthorize(of: string, authorize: unknown): void {
  if (typeof authorize === 'function') return
  const message = `${of}() needs "authorize": it connects to hosts that callers name.`
  throw Object.assign(new TypeError(message), { code: 'authorize-missing' })
}
