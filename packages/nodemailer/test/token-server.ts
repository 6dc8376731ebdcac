import { once } from 'node:events'
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { SecureContextOptions } from 'node:tls'

/** How a token server answers: with a token, with an error of OAuth2, or not at all. */
export type TokenAnswer = { readonly access_token: string; readonly expires_in?: number } | { readonly error: string; readonly error_description?: string } | 'hang'

/** An OAuth2 token endpoint on this machine. */
export class TokenServer implements AsyncDisposable {
  /** The bodies of all requests. */
  readonly asked: Readonly<Record<string, string>>[] = []
  /** The headers of the last request. */
  headers: IncomingMessage['headers'] = {}
  /** The response to the next requests. */
  answer: () => TokenAnswer
  readonly #server: Server
  readonly #scheme: string

  private constructor(answer: () => TokenAnswer, tls: SecureContextOptions | undefined) {
    this.answer = answer
    const onRequest: RequestListener = (request, response) => {
      void bodyOf(request).then((body) => {
        this.headers = request.headers
        this.asked.push(Object.fromEntries(new URLSearchParams(body)))
        const answer = this.answer()
        if (answer !== 'hang') response.setHeader('content-type', 'application/json').end(JSON.stringify(answer))
      })
    }
    this.#scheme = tls ? 'https' : 'http'
    this.#server = tls ? createSecureServer(tls, onRequest) : createServer(onRequest)
  }

  /** @param tls its certificate, where it is to have one */
  static async start(answer: () => TokenAnswer, tls?: SecureContextOptions): Promise<TokenServer> {
    const server = new TokenServer(answer, tls)
    server.#server.listen(0, '127.0.0.1')
    await once(server.#server, 'listening')
    return server
  }

  get url(): string {
    return `${this.#scheme}://127.0.0.1:${(this.#server.address() as AddressInfo).port}/token`
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections()
    this.#server.close()
    await once(this.#server, 'close')
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = ''
  for await (const chunk of request) body += String(chunk)
  return body
}
