/**
 * A handler of web-standard requests. `Context` is what the server passes as second argument, such as the address of the client
 * with `Deno.serve`; it may be left out if the options do not use it.
 */
export type WebHandler<Context = unknown> = (
  request: Request,
  ...rest: unknown extends Context ? [context?: unknown] : [context: Context]
) => Promise<Response>

/** Decides whether a request is allowed. Any result other than `true`, and any error, denies it. */
export type Authorize<Context = unknown> = (request: Request, context: Context) => boolean | Promise<boolean>
