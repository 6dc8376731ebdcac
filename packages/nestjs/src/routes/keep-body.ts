import type { IncomingMessage, Server } from 'node:http'

/** What tells a framework that there is a body to read. */
const tellTales = ['content-type', 'content-length', 'transfer-encoding'] as const

type Hidden = Readonly<Partial<Record<(typeof tellTales)[number], string>>>

const hidden = new WeakMap<IncomingMessage, Hidden>()

/**
 * Keeps the frameworks' parsers from the bodies at these paths. They read before any guard is asked, with limits and
 * errors of their own; here the body is read after the guard, by our limits, and alike on every platform.
 */
export function keepBodies(server: Server, paths: ReadonlySet<string>): void {
  server.prependListener('request', (request: IncomingMessage) => {
    if (!paths.has(pathOf(request))) return
    const { headers } = request
    hidden.set(request, Object.fromEntries(tellTales.flatMap((name) => (name in headers ? [[name, headers[name]]] : []))))
    for (const name of tellTales) delete headers[name]
  })
}

/** Shows guard and handler the request as it came. */
export function showBody(request: IncomingMessage): void {
  Object.assign(request.headers, hidden.get(request))
}

/**
 * A path in the one form that is compared. The frameworks take capitals, a slash at the end, two in the middle or an encoded
 * letter for the same path, each its own selection of these; a body that is kept for nothing harms nobody.
 */
export function comparablePath(path: string): string {
  return `/${decoded(path).toLowerCase().split('/').filter(Boolean).join('/')}`
}

/** A target may be a whole URL (RFC 9112 §3.2.2), and what follows a # is no part of a path. */
function pathOf({ url = '' }: IncomingMessage): string {
  return comparablePath(url.replace(/^[a-z][a-z\d+.-]*:\/\/[^/?#]*/i, '').split(/[?;#]/, 1)[0]!)
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    // What cannot be decoded is no path of ours.
    return path
  }
}
