import { readFile } from 'node:fs/promises'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { PageModel } from '../src/page-model.ts'
import type { DashboardState } from '../src/state.ts'
import type { CheckAnswer } from '../src/ui/form/check-result.tsx'
import type { TestMessageAnswer } from '../src/ui/form/test-message.tsx'
import { renderPage } from '../src/ui/render-page.tsx'

const nonce = 'bm9uY2U'

/** As strict as an app can be. */
const policy = [
  "default-src 'none'",
  `script-src 'nonce-${nonce}'`,
  `style-src 'nonce-${nonce}'`,
  "connect-src 'self'",
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** Answers to the posts of the page. */
export interface UiAnswers {
  readonly check?: CheckAnswer
  readonly testMessage?: TestMessageAnswer
  /** The whole state, for a page that has only its newest events. */
  readonly state?: DashboardState
}

/** A server with one page, without an app behind it. */
export interface UiServer {
  readonly url: string
  /** The bodies that the page has posted, with their routes. */
  readonly posted: readonly { readonly route: string; readonly body: unknown }[]
  /** The number of open streams. */
  readonly streams: number
  /** Shows another page from now on. */
  show(model: PageModel, answers?: UiAnswers): void
  /** Sends an update to the open streams. */
  send(state: DashboardState): void
  close(): Promise<void>
}

/** Serves the built page under a strict policy, on a free port. */
export async function serveUi(first: PageModel): Promise<UiServer> {
  let model = first
  let answers: UiAnswers = {}
  const streams = new Set<ServerResponse>()
  const posted: { route: string; body: unknown }[] = []

  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url!, 'http://localhost')
    const route = pathname.slice(model.base.length)
    const json = (body: unknown) => response.setHeader('content-type', 'application/json').end(JSON.stringify(body))
    if (request.method === 'POST' && request.headers['x-postern-dashboard'] === '1') {
      let text = ''
      for await (const chunk of request) text += chunk
      posted.push({ route, body: JSON.parse(text) })
      json(route === 'check' ? answers.check : answers.testMessage)
    } else if (route === '') {
      response.setHeader('content-type', 'text/html; charset=utf-8').setHeader('content-security-policy', policy)
      response.end(renderPage(model, { nonce }))
    } else if (route === 'app.js' || route === 'app.css') {
      response.setHeader('content-type', route === 'app.js' ? 'text/javascript' : 'text/css')
      response.end(await readFile(new URL(`../dist/client/${route}`, import.meta.url)))
    } else if (route === 'state') {
      json(answers.state ?? { ...model.state, mailers: model.state.mailers.map((mailer) => ({ ...mailer, events: [] })) })
    } else if (route === 'events') {
      response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
      response.write('event: heartbeat\ndata:\n\n')
      streams.add(response)
      response.once('close', () => streams.delete(response))
    } else {
      response.writeHead(404).end()
    }
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${model.base}`,
    posted,
    get streams() {
      return streams.size
    },
    show(next, others = {}) {
      model = next
      answers = others
    },
    send(state) {
      for (const stream of streams) stream.write(`data: ${JSON.stringify(state)}\n\n`)
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
