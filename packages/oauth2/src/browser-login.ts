import { calculatePKCECodeChallenge, generateRandomCodeVerifier, generateRandomState } from 'oauth4webapi'
import { expectSecureUrl, expectTexts } from './check-options.ts'
import type { GrantedToken } from './granted-token.ts'
import { type ClientOptions, readClient } from './grants/grant.ts'
import type { RequestTokenOptions } from './limited-request.ts'
import { OAuth2Error } from './oauth2-error.ts'
import { type Redirect, startRedirectServer } from './redirect-server.ts'
import { readRefusal } from './refusal.ts'
import { requestToken } from './request-token.ts'
import { systemTime, type Time } from './time.ts'

/** Options of `browserLogin`. */
export interface BrowserLoginOptions extends ClientOptions, RequestTokenOptions {
  /** The URL of the page where the person signs in: https, or http on this machine. */
  readonly authorizationEndpoint: string
  /** The requested scope. */
  readonly scope: string
  /** Further parameters of the page. */
  readonly parameters?: Readonly<Record<string, string>> | undefined
  /** Called once with the URL to open in a browser on this machine, and the port to which the browser is redirected. */
  readonly onUrl: (url: string, port: number) => void
  /** The text that the browser shows at the end. @default 'You can close this window.' */
  readonly page?: string | undefined
  /** Replaces the clock and the timers, for tests. */
  readonly time?: Time | undefined
}

/** Milliseconds for which the login is waited for. */
const LIFETIME = 600_000

const GRANT_TYPE = 'authorization_code'

/**
 * Gets a token by the login of a person in a browser on this machine: the authorization code grant with a redirection to
 * `127.0.0.1` (RFC 8252 §7.3) and PKCE (RFC 7636).
 *
 * @throws OAuth2Error: `oauth2-login-expired`, `oauth2-login-denied`, or as `requestToken`; or the signal's reason
 * @throws SettingsError for options that cannot be used
 * @example
 * const { refreshToken } = await browserLogin({ authorizationEndpoint, tokenEndpoint, clientId, scope, onUrl: (url) => console.log(`Open ${url}`) })
 */
export async function browserLogin({ authorizationEndpoint, scope, parameters, onUrl, page = 'You can close this window.', time = systemTime, ...options }: BrowserLoginOptions): Promise<GrantedToken> {
  const { tokenEndpoint, clientId, clientSecret, clientAuthentication, ...request } = options
  expectTexts({ scope })
  expectSecureUrl('authorizationEndpoint', authorizationEndpoint)
  const client = readClient({ tokenEndpoint, clientId, clientSecret, clientAuthentication })
  request.signal?.throwIfAborted()
  const verifier = generateRandomCodeVerifier()
  const state = generateRandomState()
  const server = await startRedirectServer(state, page)
  try {
    const redirectUri = `http://127.0.0.1:${server.port}`
    const challenge = { code_challenge: await calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256' }
    const url = new URL(authorizationEndpoint)
    url.search = String(new URLSearchParams({ response_type: 'code', client_id: clientId, redirect_uri: redirectUri, scope, state, ...challenge, ...parameters }))
    onUrl(url.href, server.port)
    const code = codeOf(await redirectWithin(LIFETIME, server.redirect, time, request.signal), authorizationEndpoint, request)
    const grant = { ...client, grantType: GRANT_TYPE, isAbandonable: false, parameters: () => ({ code, redirect_uri: redirectUri, code_verifier: verifier }) }
    return await requestToken(grant, request)
  } finally {
    server.close()
  }
}

/** @returns undefined if it takes longer */
async function redirectWithin(ms: number, redirect: Promise<Redirect>, time: Time, signal: AbortSignal | undefined): Promise<Redirect | undefined> {
  const end = new AbortController()
  const limit = time.wait(ms, AbortSignal.any([end.signal, ...(signal ? [signal] : [])])).then(() => undefined)
  try {
    return await Promise.race([redirect, limit])
  } finally {
    // Its rejection is not of interest any more.
    limit.catch(() => {})
    end.abort()
  }
}

/** @throws OAuth2Error for a login that ended otherwise */
function codeOf(redirect: Redirect | undefined, endpoint: string, { locale }: RequestTokenOptions): string {
  if (redirect?.code) return redirect.code
  const refusal = redirect ? readRefusal({ error: redirect.error }, 400, GRANT_TYPE) : ({ cause: 'login-expired' } as const)
  throw new OAuth2Error({ ...refusal, endpoint: new URL(endpoint).host, locale })
}
