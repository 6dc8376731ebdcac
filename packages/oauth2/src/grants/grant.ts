import { expectSecureUrl, expectTexts } from '../check-options.ts'
import type { GrantedToken } from '../request-token.ts'

/** The token endpoint, and how the app identifies itself there. */
export interface ClientOptions {
  /** The URL of the token endpoint: https, or http on this machine. */
  readonly tokenEndpoint: string
  /** The client id of the app. */
  readonly clientId: string
  /** Unset: the app is a public client, which has none. */
  readonly clientSecret?: string | undefined
  /** Where client id and secret are sent (RFC 6749 §2.3.1). @default 'client_secret_post' */
  readonly clientAuthentication?: 'client_secret_post' | 'client_secret_basic' | undefined
}

/** A grant (RFC 6749 §1.3): what is sent to a token endpoint in exchange for an access token. */
export interface TokenGrant extends Omit<ClientOptions, 'clientId'> {
  /** Unset: the request says by itself who sends it. */
  readonly clientId?: string | undefined
  /** The `grant_type`. */
  readonly grantType: string
  /** Whether a request may be broken off. Not where the endpoint may have replaced a refresh token by then. */
  readonly isAbandonable: boolean
  /** What is sent beside it. Called once for each request. */
  parameters(): Readonly<Record<string, string>>
  /** Called with every token. */
  onGranted?(token: GrantedToken): void
}

/**
 * Checks how an app identifies itself.
 *
 * @throws SettingsError
 */
export function readClient({ tokenEndpoint, clientId, clientSecret, clientAuthentication }: ClientOptions): ClientOptions {
  expectTexts({ clientId, ...(clientSecret !== undefined && { clientSecret }) })
  expectSecureUrl('tokenEndpoint', tokenEndpoint)
  return { tokenEndpoint, clientId, clientSecret, clientAuthentication }
}
