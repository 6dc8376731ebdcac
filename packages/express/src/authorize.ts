import type { Request } from 'express'

/** Decides who may. Whatever is not `true` is a no, and so is an error. */
export type Authorize = (request: Request) => boolean | Promise<boolean>

export async function isAuthorized(authorize: Authorize, request: Request): Promise<boolean> {
  try {
    const said: unknown = await authorize(request)
    return said === true
  } catch {
    // Whoever cannot be asked has not agreed.
    return false
  }
}
