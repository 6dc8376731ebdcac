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

/** Whether the body is still there to be read. */
export function isKept(request: IncomingMessage): boolean {
  return hidden.has(request)
}

function pathOf({ url = '' }: IncomingMessage): string {
  return url.split('?', 1)[0]!
}
