import { randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { type HttpResponse, sendResponse } from '@postern/core/http'
import { labPorts } from '../embedded-mail.ts'
import { Problem } from '../problem.ts'
import { sendProblem } from '../send-problem.ts'
import type { Lab } from './lab.ts'
import { labPage, type PageOptions } from './page.ts'
import { faultsFor, limitSwitches } from './switches.ts'
import { liveView } from './view.ts'

/** A middleware as Connect defined it, for Express and for `app.use` of Nest. */
export type Middleware = (request: IncomingMessage, response: ServerResponse, next: () => void) => void

/** Serves the lab at `/` and its actions below `/lab/`. */
export function labRoutes(options: Omit<PageOptions, 'nonce'>): Middleware {
  return (request, response, next) => {
    const [path = ''] = (request.url ?? '').split('?')
    const isPage = (path === '/' || path === '/favicon.ico') && (request.method === 'GET' || request.method === 'HEAD')
    if (!isPage && !path.startsWith('/lab/')) return next()
    answer(request, path, options)
      .then((result) => sendResponse(response, result))
      .catch((error: unknown) => sendProblem(response, error))
  }
}

async function answer(request: IncomingMessage, path: string, options: Omit<PageOptions, 'nonce'>): Promise<HttpResponse> {
  if (path === '/') return pageResponse(options)
  // Browsers ask for it on each page without an icon, such as the dashboard.
  if (path === '/favicon.ico') return { status: 204, headers: {}, body: '' }
  const { lab } = options
  if (!lab) throw new Problem(404, 'The lab exists only with the embedded provider, not with your own server.')
  if (path === '/lab/live') return json(Object.fromEntries(Object.entries(liveView(lab)).map(([name, parts]) => [name, parts.map(({ text }) => text)])))
  const name = path.slice('/lab/'.length)
  const action = Object.hasOwn(actions, name) && actions[name]
  if (!action) throw new Problem(404, `There is nothing here. The actions are ${Object.keys(actions).join(', ')}.`)
  assertOwnPage(request)
  return json(await action(lab, await readJson(request)))
}

type Fields = Readonly<Record<string, unknown>>

/** What a POST below `/lab/` does, and the answer. */
const actions: Readonly<Record<string, (lab: Lab, fields: Fields) => Promise<object>>> = {
  async fault(lab, { port, fault }) {
    const known = oneOf('port', labPorts, port)
    return { message: await lab.setFault(known, oneOf('fault', [null, ...faultsFor(known).map(({ fault }) => fault)], fault)) }
  },
  async limit(lab, { limit, on }) {
    return { message: lab.setLimit(oneOf('limit', limitSwitches.map(({ name }) => name), limit), oneOf('on', [true, false], on)) }
  },
  async heal(lab) {
    return { message: await lab.heal() }
  },
  async send(lab, { count }) {
    return { message: await lab.send(oneOf('count', [1, 500], count)) }
  },
  async scene(lab, { id }) {
    const report = await lab.play(id)
    return { message: report.ok ? 'The scene has ended: promise kept.' : 'The scene has ended: a promise was broken.', report }
  },
}

function oneOf<T extends string | number | boolean | null>(name: string, values: readonly T[], value: unknown): T {
  const found = values.find((each) => each === value)
  if (found === undefined) throw new Problem(422, `"${name}" should be one of ${values.map((each) => JSON.stringify(each)).join(', ')}.`)
  return found
}

/** Another site cannot send such a request with a visitor's browser. */
function assertOwnPage({ method, headers }: IncomingMessage): void {
  if (method !== 'POST') throw new Problem(405, 'This is an action: it needs POST.')
  if (!/^application\/json\b/i.test(headers['content-type'] ?? '')) throw new Problem(415, 'The body should be JSON, with content-type: application/json.')
  const site = headers['sec-fetch-site'] ?? 'same-origin'
  const isOwn = headers['x-postern-lab'] === '1' && (site === 'same-origin' || site === 'none')
  if (!isOwn) throw new Problem(403, 'This action is for the page of the lab. A program sends the header x-postern-lab: 1.')
}

async function readJson(request: IncomingMessage): Promise<Fields> {
  let text = ''
  for await (const chunk of request.setEncoding('utf8') as AsyncIterable<string>) {
    text += chunk
    if (text.length > MAX_BODY) throw new Problem(413, `The body should have at most ${MAX_BODY} characters.`)
  }
  try {
    const fields: unknown = JSON.parse(text)
    if (typeof fields === 'object' && fields !== null) return fields as Fields
  } catch {
    // Answered below.
  }
  throw new Problem(400, 'The body should be a JSON object.')
}

const MAX_BODY = 1000

function pageResponse(options: Omit<PageOptions, 'nonce'>): HttpResponse {
  const nonce = randomBytes(16).toString('base64')
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src 'nonce-${nonce}'`,
    "img-src data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ]
  const headers = { ...common, 'content-type': 'text/html; charset=utf-8', 'content-security-policy': policy.join('; '), 'referrer-policy': 'no-referrer' }
  return { status: 200, headers, body: labPage({ ...options, nonce }) }
}

const common = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' }

function json(body: object): HttpResponse {
  return { status: 200, headers: { ...common, 'content-type': 'application/json' }, body: JSON.stringify(body) }
}
