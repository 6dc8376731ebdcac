import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { text } from 'node:stream/consumers'

/** Posts to a target exactly as it is written; `fetch` would put it in order first. */
export async function postRaw(
  url: string,
  target: string,
  headers: Readonly<Record<string, string>>,
  body: string,
): Promise<{ readonly status: number; readonly text: string }> {
  const { hostname, port } = new URL(url)
  const asking = request({ hostname, port, path: target, method: 'POST', headers, agent: false }).end(body)
  const [answer] = (await once(asking, 'response')) as [IncomingMessage]
  return { status: answer.statusCode ?? 0, text: await text(answer) }
}
