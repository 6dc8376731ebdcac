import { diagnose, assertPositive, type Locale } from '@postern/core'
import {
  allowInsecureRequests,
  type ClientAuth,
  ClientSecretBasic,
  ClientSecretPost,
  customFetch,
  genericTokenEndpointRequest,
  None,
  processGenericTokenEndpointResponse,
  ResponseBodyError,
  type TokenEndpointResponse,
} from 'oauth4webapi'
import { expectSecureUrl } from './check-options.ts'
import type { GrantedToken } from './granted-token.ts'
import type { TokenGrant } from './grants/grant.ts'
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
 * Makes one request to a token endpoint, without a cache and without retries.
 *
 * @throws OAuth2Error, or the signal's reason
 * @example
 * const { accessToken, lifetime } = await requestToken(refreshTokenGrant({ tokenEndpoint, clientId, refreshToken }), { signal })
 */
export async function requestToken(grant: TokenGrant, options: RequestTokenOptions = {}): Promise<GrantedToken> {
  const { signal, deadline = DEADLINE, fetch = globalThis.fetch, locale } = options
  const { tokenEndpoint } = grant
  assertPositive({ deadline })
  expectSecureUrl('tokenEndpoint', tokenEndpoint)
  signal?.throwIfAborted()
  const parameters = grant.parameters()
  const limit = new AbortController()
  const timer = setTimeout(() => limit.abort(), Math.min(deadline, 2 ** 31 - 1))
  const onAbort = () => limit.abort()
  signal?.addEventListener('abort', onAbort)
  let answer: Answer | undefined
  const fetchLimited = async (url: string, init: RequestInit) => (answer = await fetchAnswer(fetch, url, { ...init, signal: limit.signal })).response
  let token: GrantedToken
  try {
    token = readToken(await exchange(grant, parameters, fetchLimited))
  } catch (error) {
    signal?.throwIfAborted()
    const seconds = limit.signal.aborted && !answer ? deadline / 1_000 : undefined
    // The original error is dropped, because it contains the response, which may repeat secrets.
    throw new OAuth2Error({ ...explain(error, answer, seconds, grant), endpoint: new URL(tokenEndpoint).host, retryAfter: answer?.retryAfter, locale })
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', onAbort)
  }
  grant.onGranted?.(token)
  return token
}

async function exchange(grant: TokenGrant, parameters: Readonly<Record<string, string>>, fetch: Fetch): Promise<TokenEndpointResponse> {
  const { tokenEndpoint, clientId, grantType } = grant
  const server = { issuer: tokenEndpoint, token_endpoint: tokenEndpoint }
  const client = { client_id: clientId ?? 'none' }
  const response = await genericTokenEndpointRequest(server, client, authenticationOf(grant), grantType, { ...parameters }, {
    [customFetch]: fetch,
    [allowInsecureRequests]: new URL(tokenEndpoint).protocol === 'http:',
  })
  return await processGenericTokenEndpointResponse(server, client, response)
}

function authenticationOf({ clientId, clientSecret, clientAuthentication }: TokenGrant): ClientAuth {
  if (clientId === undefined) return () => {}
  if (clientSecret === undefined) return None()
  return clientAuthentication === 'client_secret_basic' ? ClientSecretBasic(clientSecret) : ClientSecretPost(clientSecret)
}

/** RFC 6749 §A.12. A control character would end the field of the token in the SASL message. */
const printable = /^[\x20-\x7e]+$/

function readToken({ access_token: accessToken, token_type: type, expires_in: seconds, refresh_token: refreshToken, scope }: TokenEndpointResponse): GrantedToken {
  if (type !== 'bearer' || !printable.test(accessToken)) throw new TypeError('The access token cannot be used.')
  return { accessToken, lifetime: seconds === undefined ? undefined : seconds * 1_000, refreshToken, scope }
}

function explain(error: unknown, answer: Answer | undefined, seconds: number | undefined, grant: TokenGrant): Pick<OAuth2ErrorInit, 'cause' | 'detail' | 'oauthError' | 'seconds'> {
  if (error instanceof ResponseBodyError) return readRefusal(error.cause, error.status, grant)
  if (error instanceof AnswerTooLarge) return { cause: 'invalid-answer' }
  if (answer) return { cause: causeOfStatus(answer.status), detail: `HTTP ${answer.status}` }
  if (seconds !== undefined) return { cause: 'timeout', seconds }
  const { code, systemCode } = diagnose((error as Error).cause ?? error)
  return { cause: /^(?:certificate|tls)-/.test(code) ? 'untrusted' : 'unreachable', detail: systemCode }
}
