import type { Locale } from '@postern/core'

/** A request that was let through. */
export interface Call {
  readonly request: Request
  readonly url: URL
  /** The language of the page. */
  readonly locale: Locale
  /** The path of the page, with a slash at the end. */
  readonly base: string
  /** The key of the caller for rate limits. */
  readonly caller: () => string
}

/** A route below the page. */
export interface Route {
  readonly method: 'GET' | 'POST'
  /** Whether other sites may link to it. */
  readonly isLinkable?: boolean
  answer(call: Call): Response | Promise<Response>
}

/** The id of the newest event that the client has. */
export function afterOf({ request, url }: Call): number {
  const id = Number(request.headers.get('last-event-id') ?? url.searchParams.get('after') ?? 0)
  return Number.isFinite(id) ? id : 0
}
