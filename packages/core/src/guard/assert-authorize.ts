/**
 * Rejects a settings check, or another route, that anybody could use.
 *
 * @param of the function that was called
 * @param reason why it needs `authorize`
 * @throws TypeError with the code `authorize-missing`
 */
export function assertAuthorize(of: string, authorize: unknown, reason = 'it connects to hosts that callers name.'): void {
  if (typeof authorize === 'function') return
  const message = `${of}() needs "authorize": ${reason}`
  throw Object.assign(new TypeError(message), { code: 'authorize-missing' })
}
