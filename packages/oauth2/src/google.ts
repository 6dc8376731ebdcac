import { expectTexts, invalid } from './check-options.ts'
import { jwtBearerGrant } from './grants/jwt-bearer.ts'
import { type RefreshTokenOptions, refreshTokenGrant } from './grants/refresh-token.ts'
import { smtpScopes } from './scopes.ts'
import { createTokenSource, type TokenSource, type TokenSourceOptions } from './token-source.ts'

interface GoogleEndpoint {
  /** @default 'https://oauth2.googleapis.com/token' */
  readonly tokenEndpoint?: string | undefined
}

/** A user who once signed in. */
export interface GoogleRefreshTokenOptions extends GoogleEndpoint, TokenSourceOptions, Pick<RefreshTokenOptions, 'clientId' | 'refreshToken' | 'scope' | 'onRefreshToken'> {
  /** The client secret: with Google every kind of client has one. */
  readonly clientSecret: string
}

/** The part that is used of the JSON file with the key of a service account. */
export interface ServiceAccountKey {
  readonly client_email: string
  readonly private_key: string
  readonly private_key_id?: string | undefined
}

/** A service account with domain-wide delegation. */
export interface GoogleServiceAccountOptions extends GoogleEndpoint, TokenSourceOptions {
  /** The content of the JSON file with the key: as text, or parsed. */
  readonly key: ServiceAccountKey | string
  /** The mailbox on whose behalf is sent: the same as `auth.user`. */
  readonly user: string
  /** What the token is for. @default 'https://mail.google.com/' */
  readonly scope?: string | undefined
}

const TOKEN_ENDPOINT = 'https://oauth2.googleapis.com/token'

/**
 * Tokens for Gmail and Google Workspace on behalf of a user who once signed in, with the scope `https://mail.google.com/`.
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
 * Tokens for Google Workspace that a service account gets on behalf of any mailbox of the domain. An administrator has to add
 * the client id of the account, with the scope, to domain-wide delegation.
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

/** What the parser says about text that is no JSON would quote the key. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
