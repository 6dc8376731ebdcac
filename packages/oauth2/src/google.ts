import { browserLogin, type BrowserLoginOptions } from './browser-login.ts'
import { expectTexts, invalid } from './check-options.ts'
import type { GrantedToken } from './granted-token.ts'
import { jwtBearerGrant } from './grants/jwt-bearer.ts'
import { type RefreshTokenOptions, refreshTokenGrant } from './grants/refresh-token.ts'
import { smtpScopes } from './scopes.ts'
import { createTokenSource, type TokenSource, type TokenSourceOptions } from './token-source.ts'

interface GoogleEndpoint {
  /** @default 'https://oauth2.googleapis.com/token' */
  readonly tokenEndpoint?: string | undefined
}

/** Options of `googleRefreshToken`. */
export interface GoogleRefreshTokenOptions extends GoogleEndpoint, TokenSourceOptions, Pick<RefreshTokenOptions, 'clientId' | 'refreshToken' | 'scope' | 'onRefreshToken'> {
  /** The client secret. Google has no clients without one. */
  readonly clientSecret: string
}

/** The fields of a service account's JSON key that are used. */
export interface ServiceAccountKey {
  readonly client_email: string
  readonly private_key: string
  readonly private_key_id?: string | undefined
}

/** Options of `googleServiceAccount`. */
export interface GoogleServiceAccountOptions extends GoogleEndpoint, TokenSourceOptions {
  /** The content of the JSON key file, as text or parsed. */
  readonly key: ServiceAccountKey | string
  /** The mailbox to log in to: the same as `auth.user`. */
  readonly user: string
  /** The requested scope. @default 'https://mail.google.com/' */
  readonly scope?: string | undefined
}

/** Options of `googleBrowserLogin`. */
export interface GoogleBrowserLoginOptions extends GoogleEndpoint, Omit<BrowserLoginOptions, 'authorizationEndpoint' | 'tokenEndpoint' | 'scope' | 'parameters'> {
  /** The client secret. Google has no clients without one. */
  readonly clientSecret: string
  /** The requested scope. @default 'https://mail.google.com/' */
  readonly scope?: string | undefined
  /** @default 'https://accounts.google.com/o/oauth2/v2/auth' */
  readonly authorizationEndpoint?: string | undefined
}

const AUTHORIZATION_ENDPOINT = 'https://accounts.google.com/o/oauth2/v2/auth'
const TOKEN_ENDPOINT = 'https://oauth2.googleapis.com/token'

/**
 * Gets a refresh token for `googleRefreshToken` by the login of a person in a browser on this machine, with an OAuth client of the type
 * "Desktop app". Google's device flow does not allow the scope for mail.
 *
 * @throws OAuth2Error, or the signal's reason
 * @throws SettingsError for options that cannot be used
 * @example
 * const { refreshToken } = await googleBrowserLogin({ clientId, clientSecret, onUrl: (url) => console.log(`Open ${url}`) })
 */
export async function googleBrowserLogin({ authorizationEndpoint = AUTHORIZATION_ENDPOINT, tokenEndpoint = TOKEN_ENDPOINT, scope = smtpScopes.google, ...options }: GoogleBrowserLoginOptions): Promise<GrantedToken> {
  expectTexts({ clientSecret: options.clientSecret })
  // Google gives a refresh token for offline access, and after the first login only if consent is asked for again.
  return await browserLogin({ authorizationEndpoint, tokenEndpoint, scope, parameters: { access_type: 'offline', prompt: 'consent' }, ...options })
}

/**
 * Tokens for Gmail and Google Workspace with the refresh token of a user, issued for `https://mail.google.com/`.
 *
 * @throws SettingsError for options that cannot be used
 * @example
 * const accessToken = googleRefreshToken({ clientId, clientSecret, refreshToken })
 * createTransport({ host: 'smtp.gmail.com', auth: { user: 'you@gmail.com', accessToken } })
 */
export function googleRefreshToken({ tokenEndpoint = TOKEN_ENDPOINT, clientId, clientSecret, refreshToken, scope, onRefreshToken, ...options }: GoogleRefreshTokenOptions): TokenSource {
  expectTexts({ clientSecret })
  return createTokenSource(refreshTokenGrant({ tokenEndpoint, clientId, clientSecret, refreshToken, scope, onRefreshToken }), options)
}

/**
 * Tokens for any mailbox of a Google Workspace domain with a service account. An administrator has to add the client id of the
 * account with the scope to domain-wide delegation.
 *
 * @throws SettingsError for options that cannot be used
 * @example
 * const key = readFileSync('service-account.json', 'utf8')
 * const accessToken = googleServiceAccount({ key, user: 'app@example.com' })
 */
export function googleServiceAccount({ tokenEndpoint = TOKEN_ENDPOINT, key, user, scope = smtpScopes.google, ...options }: GoogleServiceAccountOptions): TokenSource {
  const { client_email: issuer, private_key: privateKey, private_key_id: keyId } = readKey(key)
  expectTexts({ user, 'key.client_email': issuer, 'key.private_key': privateKey })
  return createTokenSource(jwtBearerGrant({ tokenEndpoint, issuer, subject: user, scope, privateKey, keyId, clock: options.clock }), options)
}

function readKey(key: ServiceAccountKey | string): ServiceAccountKey {
  const parsed = typeof key === 'string' ? parse(key) : key
  if (typeof parsed === 'object' && parsed !== null) return parsed as ServiceAccountKey
  expectTexts({ key })
  return invalid({ path: 'key', message: 'should be the content of the JSON file with the key of the service account.' })
}

/** The parser's own error is dropped, because it quotes the text. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
