import type { Provider } from '../provider.ts'
import type { CheckOptions } from './adapter.ts'

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** What the text says in JSON. */
  readonly json: Readonly<Record<string, unknown>>
}

/** Posts a body as a form's script does; a string goes as it stands. */
export async function ask(url: string, body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
  const response = await fetch(`${url}/settings/check`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
  const text = await response.text()
  return { status: response.status, headers: response.headers, text, json: JSON.parse(text) as Answer['json'] }
}

/** What an operator says whose relay is the provider. */
export function openFor(provider: Provider): CheckOptions {
  return { authorize: () => true, allow: [provider.host], ports: provider.settings.candidates, tls: provider.settings.tls }
}
