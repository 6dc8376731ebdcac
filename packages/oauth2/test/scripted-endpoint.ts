import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { SecureContextOptions } from 'node:tls'
import { onTestFinished } from 'vitest'

/** A token endpoint that answers as a test says, until the end of the test. @returns its URL */
export async function scriptedEndpoint(listener: RequestListener, tls?: SecureContextOptions): Promise<string> {
  const server: Server = tls ? createSecureServer(tls, listener) : createServer(listener)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(async () => {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  })
  return `${tls ? 'https' : 'http'}://127.0.0.1:${(server.address() as AddressInfo).port}/token`
}

/** Answers each request so. */
export function answering(body: unknown, status = 200, headers: Readonly<Record<string, string>> = { 'content-type': 'application/json' }): RequestListener {
  return (request, response) => {
    request.resume()
    response.writeHead(status, headers).end(typeof body === 'string' ? body : JSON.stringify(body))
  }
}
