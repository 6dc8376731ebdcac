import type { Provider } from '../provider.ts'
import type { CheckOptions } from './adapter.ts'

export interface CheckResponse {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** The parsed text. */
  readonly json: Readonly<Record<string, unknown>>
}

/** Posts to the settings check: objects as JSON, strings unchanged. */
export async function postCheck(url: string, body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<CheckResponse> {
  const response = await fetch(`${url}/settings/check`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
  const text = await response.text()
  return { status: response.status, headers: response.headers, text, json: JSON.parse(text) as CheckResponse['json'] }
}

/** Options that allow the settings check to connect to a test provider. */
export function allowProvider(provider: Provider): CheckOptions {
  return { authorize: () => true, allow: [provider.host], ports: provider.settings.candidates, tls: provider.settings.tls }
}
