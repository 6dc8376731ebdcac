/**
 * Runs an authorisation check. Only `true` grants access: any other value, an exception or a rejection denies it.
 *
 * @example
 * const authorized = await isAllowed(() => authorize(request))
 */
export async function isAllowed(check: () => unknown): Promise<boolean> {
  try {
    return (await check()) === true
  } catch {
    return false
  }
}
