import type { Request } from 'express'

/** Decides who may. Whatever is not `true` is a no, and so is an error. */
export type Authorize = (request: Request) => boolean | Promise<boolean>

export async function isAuthorized(authorize: Authorize, request: Request): Promise<boolean> {
  try {
    return (await authorize(request)) === true
  } catch {
    // Whoever cannot be asked has not agreed.
    return false
  }
}
