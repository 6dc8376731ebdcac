import type { Request } from 'express'

/** Decides who may. Whatever is not `true` is a no, and so is an error. */
export type Authorize = (request: Request) => boolean | Promise<boolean>
