import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Dashboard } from './create-dashboard.ts'
import { sendWebResponse } from './mounts/send-web-response.ts'
import { toWebRequest } from './mounts/to-web-request.ts'

/** A handler of Node's HTTP server, and of the frameworks that have the same one: Express, Nest, Connect, Koa. */
export type NodeHandler<Context extends IncomingMessage = IncomingMessage> = (
  request: Context,
  response: ServerResponse,
  next?: (error?: unknown) => void,
) => void

/**
 * Serves a dashboard with Node's HTTP server and the frameworks that are built on it. `authorize` gets their request as its context.
 *
 * @example
 * const dashboard = createDashboard(mailer, { authorize: (_request, req: express.Request) => req.session.isAdmin === true })
 * app.use('/admin/mail', nodeHandler(dashboard))
 */
export function nodeHandler<Context extends IncomingMessage = IncomingMessage>(dashboard: Dashboard<Context>): NodeHandler<Context> {
  return (request, response, next) => {
    serve(dashboard, request, response).catch((error: unknown) => {
      if (next) next(error)
      else response.destroy()
    })
  }
}

async function serve<Context extends IncomingMessage>(dashboard: Dashboard<Context>, request: Context, response: ServerResponse): Promise<void> {
  await sendWebResponse(response, await dashboard.handle(toWebRequest(request, response), request, mountOf(request)))
}

/** The requests of frameworks that take the path away at which a handler is mounted. */
interface MountedRequest extends IncomingMessage {
  readonly originalUrl?: string
}

/** The path at which the framework has mounted the handler; undefined if it leaves that to the handler. */
function mountOf({ originalUrl, url }: MountedRequest): string | undefined {
  if (originalUrl === undefined) return undefined
  const [full, rest] = [pathOf(originalUrl), pathOf(url)]
  // A request for the mount path itself has the rest `/`, which is not at the end of it.
  const mount = full.endsWith(rest) ? full.slice(0, full.length - rest.length) : full
  return mount === '' ? undefined : mount
}

function pathOf(url = '/'): string {
  return url.split('?', 1)[0]!
}
