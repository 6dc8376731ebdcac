/**
 * Whether somebody agrees. Whatever is not `true` is a no, and so is an error: whoever cannot be asked has not agreed.
 *
 * @example
 * const authorized = await agrees(() => authorize(request))
 */
export async function agrees(ask: () => unknown): Promise<boolean> {
  try {
    return (await ask()) === true
  } catch {
    return false
  }
}
