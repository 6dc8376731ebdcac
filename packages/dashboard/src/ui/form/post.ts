import { format } from '@postern/core'
import type { Page } from '../page-context.ts'

/** The answer, or a sentence that says why there is none. */
export type Posted<T> = { readonly answer: T } | { readonly problem: string }

/** Posts JSON to a route of the page. The header shows that the request comes from the page: other sites cannot set it. */
export async function post<T>(page: Pick<Page, 'base' | 'locale' | 'texts'>, route: 'check' | 'test-message', body: unknown): Promise<Posted<T>> {
  let status: number | undefined
  try {
    const response = await fetch(`${page.base}${route}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'accept-language': page.locale, 'x-postern-dashboard': '1' },
      body: JSON.stringify(body),
    })
    status = response.status
    const answer = (await response.json()) as T & { readonly title?: unknown }
    if (response.ok) return { answer }
    // A problem of RFC 9457.
    if (typeof answer.title === 'string') return { problem: answer.title }
  } catch {
    // No response, or one that a proxy made.
  }
  return { problem: format(page.texts.requestFailed, { status }) }
}
