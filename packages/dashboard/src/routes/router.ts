import type { Locale } from '@postern/core'
import { isAllowed, localeFrom, problemResponse, toResponse } from '@postern/core/http'
import type { DashboardOptions } from '../options.ts'
import type { Route } from './route.ts'
import { isSameOrigin } from './same-origin.ts'
import { withSecurityHeaders } from './security-headers.ts'

/** Answers a request, below the path at which the page is mounted. */
export type Router<Context> = (request: Request, context: Context, path?: string) => Promise<Response>

/** Finds the route of each request, once it is authorised. */
export function createRouter<Context>(routes: ReadonlyMap<string, Route>, options: DashboardOptions<Context>): Router<Context> {
  const { authorize, caller = () => '', onError, base } = options

  const answer = async (request: Request, url: URL, context: Context, mount: string, locale: Locale): Promise<Response> => {
    if (!(await isAllowed(() => authorize(request, context)))) return toResponse(problemResponse('not-allowed', locale))
    if (url.pathname === mount && mount !== '') return redirectTo(`${mount.slice(mount.lastIndexOf('/') + 1)}/${url.search}`)
    const route = url.pathname.startsWith(`${mount}/`) ? routes.get(url.pathname.slice(mount.length + 1)) : undefined
    if (!route) return toResponse(problemResponse('not-found', locale))
    const allow = route.method === 'GET' ? 'GET, HEAD' : route.method
    if (!allow.split(', ').includes(request.method)) return toResponse(problemResponse('method-not-allowed', locale, { allow }))
    if (!route.isLinkable && !isSameOrigin(request)) return toResponse(problemResponse('not-allowed', locale))
    const call = { request, url, locale, base: base ?? `${mount}/`, caller: () => caller(request, context) }
    return await route.answer(call)
  }

  return async (request, context, path = options.path ?? '') => {
    const url = new URL(request.url)
    // The script of the page asks for the language of its page, which a browser that has changed its own would not.
    const locale = options.locale ?? localeFrom(url.searchParams.get('locale') ?? request.headers.get('accept-language') ?? undefined)
    const mount = path.replace(/\/+$/, '')
    const response = await answer(request, url, context, mount, locale).catch((error: unknown) => {
      queueMicrotask(() => void onError?.(error))
      return toResponse(problemResponse('unexpected', locale))
    })
    return withSecurityHeaders(request.method === 'HEAD' ? withoutBody(response) : response)
  }
}

/** Relative, because a proxy may have changed the path. */
function redirectTo(path: string): Response {
  return new Response(null, { status: 308, headers: { location: `./${path}` } })
}

function withoutBody({ status, headers }: Response): Response {
  return new Response(null, { status, headers })
}
