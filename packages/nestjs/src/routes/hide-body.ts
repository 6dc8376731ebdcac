import type { IncomingMessage, Server } from 'node:http'

/** The headers by which a framework's parser recognizes a body. */
const bodyHeaders = ['content-type', 'content-length', 'transfer-encoding'] as const

type Hidden = Readonly<Partial<Record<(typeof bodyHeaders)[number], string>>>

const hidden = new WeakMap<IncomingMessage, Hidden>()

/**
 * Hides the bodies at these paths from the frameworks' parsers, which run before the guards, with their own limits and
 * errors. The route reads the body itself, after its guard.
 */
export function hideBodies(server: Server, paths: ReadonlySet<string>): void {
  server.prependListener('request', (request: IncomingMessage) => {
    if (!paths.has(pathOf(request))) return
    const { headers } = request
    hidden.set(request, Object.fromEntries(bodyHeaders.flatMap((name) => (name in headers ? [[name, headers[name]]] : []))))
    for (const name of bodyHeaders) delete headers[name]
  })
}

/** Restores the headers for the guard and the route. */
export function restoreBody(request: IncomingMessage): void {
  Object.assign(request.headers, hidden.get(request))
}

/**
 * Normalizes a path for comparison. Depending on the framework, case, trailing and double slashes and percent-encoding do
 * not matter in routing. This form ignores all of them; it may hide a body that is not ours, which is harmless.
 */
export function comparablePath(path: string): string {
  return `/${decoded(path).toLowerCase().split('/').filter(Boolean).join('/')}`
}

/** A request target may be an absolute URL (RFC 9112 §3.2.2). */
function pathOf({ url = '' }: IncomingMessage): string {
  return comparablePath(url.replace(/^[a-z][a-z\d+.-]*:\/\/[^/?#]*/i, '').split(/[?;#]/, 1)[0]!)
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    // An invalid encoding matches no path of ours.
    return path
  }
}
