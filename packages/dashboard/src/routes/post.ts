import { type JsonRoute, overWebHttp, problemResponse, toResponse } from '@postern/core/http'
import type { Route } from './route.ts'
import { isFromPage } from './same-origin.ts'

/** A route for posts of the page. The caller was authorised before. */
export function postRoute(route: JsonRoute): Route {
  const serve = overWebHttp(route)
  return {
    method: 'POST',
    async answer({ request, locale, caller }) {
      if (!isFromPage(request)) return toResponse(problemResponse('not-allowed', locale))
      return await serve({ request, authorized: () => true, caller })
    },
  }
}
