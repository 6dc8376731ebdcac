import { assertPositive, diagnose, type Locale } from '@postern/core'
import { ResponseBodyError } from 'oauth4webapi'
import { expectSecureUrl } from './check-options.ts'
import { type Answer, AnswerTooLarge, type Fetch, fetchAnswer } from './limited-fetch.ts'
import { OAuth2Error, type OAuth2ErrorInit } from './oauth2-error.ts'
import { causeOfStatus, readRefusal } from './refusal.ts'

/** Options of one request. */
export interface RequestTokenOptions {
  /** Aborts the request. */
  readonly signal?: AbortSignal | undefined
  /** Milliseconds for the whole request. @default 10_000 */
  readonly deadline?: number | undefined
  /** Makes the HTTP request. Default: Node's `fetch`. */
  readonly fetch?: Fetch | undefined
  /** The language of errors. @default 'en' */
  readonly locale?: Locale | undefined
}

/** Milliseconds. Less than the 15 s that a login waits for its secret, so that the login fails with the reason. */
const DEADLINE = 10_000

/**
 * Makes one request to an endpoint of an OAuth2 server, within its deadline.
 *
 * @param exchange makes the request with a limited `fetch`, and reads the response
 * @throws OAuth2Error, or the signal's reason
 */
export async function limitedRequest<Result>(endpoint: string, grantType: string, options: RequestTokenOptions, exchange: (fetch: Fetch) => Promise<Result>): Promise<Result> {
  const { signal, deadline = DEADLINE, fetch = globalThis.fetch, locale } = options
  assertPositive({ deadline })
  expectSecureUrl('tokenEndpoint', endpoint)
  signal?.throwIfAborted()
  const limit = new AbortController()
  const timer = setTimeout(() => limit.abort(), Math.min(deadline, 2 ** 31 - 1))
  const onAbort = () => limit.abort()
  signal?.addEventListener('abort', onAbort)
  let answer: Answer | undefined
  try {
    return await exchange(async (url, init) => (answer = await fetchAnswer(fetch, url, { ...init, signal: limit.signal })).response)
  } catch (error) {
    signal?.throwIfAborted()
    const seconds = limit.signal.aborted && !answer ? deadline / 1_000 : undefined
    // The original error is dropped, because it contains the response, which may repeat secrets.
    throw new OAuth2Error({ ...explain(error, answer, seconds, grantType), endpoint: new URL(endpoint).host, retryAfter: answer?.retryAfter, locale })
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', onAbort)
  }
}

function explain(error: unknown, answer: Answer | undefined, seconds: number | undefined, grantType: string): Pick<OAuth2ErrorInit, 'cause' | 'detail' | 'oauthError' | 'seconds'> {
  if (error instanceof ResponseBodyError) return readRefusal(error.cause, error.status, grantType)
  if (error instanceof AnswerTooLarge) return { cause: 'invalid-answer' }
  if (answer) return { cause: causeOfStatus(answer.status), detail: `HTTP ${answer.status}` }
  if (seconds !== undefined) return { cause: 'timeout', seconds }
  const { code, systemCode } = diagnose((error as Error).cause ?? error)
  return { cause: /^(?:certificate|tls)-/.test(code) ? 'untrusted' : 'unreachable', detail: systemCode }
}
