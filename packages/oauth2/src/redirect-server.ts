import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What the server of a login adds to the redirection (RFC 6749 §4.1.2). */
export interface Redirect {
  readonly code: string | undefined
  readonly error: string | undefined
}

/** A server on this machine to which a browser is redirected after a login. */
export interface RedirectServer {
  readonly port: number
  /** Resolves with the first redirection that has the state. */
  readonly redirect: Promise<Redirect>
  close(): void
}

/**
 * @param state has to be in the redirection. Any page could open this address in the browser.
 * @param page the text that the browser shows
 */
export async function startRedirectServer(state: string, page: string): Promise<RedirectServer> {
  let resolve: (redirect: Redirect) => void
  const redirect = new Promise<Redirect>((resolveRedirect) => (resolve = resolveRedirect))
  const server = createServer((request, response) => {
    const { searchParams } = new URL(request.url ?? '/', 'http://127.0.0.1')
    const isExpected = request.method === 'GET' && searchParams.get('state') === state
    response.writeHead(isExpected ? 200 : 404, { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store', 'referrer-policy': 'no-referrer', connection: 'close' })
    // The login goes on once the browser has its answer.
    response.end(isExpected ? page : '', () => {
      if (isExpected) resolve({ code: searchParams.get('code') ?? undefined, error: searchParams.get('error') ?? undefined })
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    redirect,
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}
