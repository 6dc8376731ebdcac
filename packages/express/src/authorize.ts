import type { Request } from 'express'

/** Decides whether a request is allowed. Any result other than `true`, and any error, denies it. */
export type Authorize = (request: Request) => boolean | Promise<boolean>
