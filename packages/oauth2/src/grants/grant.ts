import { expectSecureUrl, expectTexts } from '../check-options.ts'
import type { GrantedToken } from '../granted-token.ts'

/** The token endpoint, and the credentials of the client. */
export interface ClientOptions {
  /** The URL of the token endpoint: https, or http on this machine. */
  readonly tokenEndpoint: string
  /** The client id. */
  readonly clientId: string
  /** Unset for a public client. */
  readonly clientSecret?: string | undefined
  /** Where client id and secret are sent (RFC 6749 §2.3.1). @default 'client_secret_post' */
  readonly clientAuthentication?: 'client_secret_post' | 'client_secret_basic' | undefined
}

/** A grant (RFC 6749 §1.3): what is sent to a token endpoint to get an access token. */
export interface TokenGrant extends Omit<ClientOptions, 'clientId'> {
  /** Unset if the request parameters identify the client. */
  readonly clientId?: string | undefined
  /** The `grant_type`. */
  readonly grantType: string
  /** Whether a request may be aborted. One that may replace a refresh token may not: the old token may already be invalid. */
  readonly isAbandonable: boolean
  /** The other parameters. Called once per request. */
  parameters(): Readonly<Record<string, string>>
  /** Called with each token response. */
  onGranted?(token: GrantedToken): void
}

/**
 * Checks the client options.
 *
 * @throws SettingsError
 */
export function readClient({ tokenEndpoint, clientId, clientSecret, clientAuthentication }: ClientOptions): ClientOptions {
  expectTexts({ clientId, ...(clientSecret !== undefined && { clientSecret }) })
  expectSecureUrl('tokenEndpoint', tokenEndpoint)
  return { tokenEndpoint, clientId, clientSecret, clientAuthentication }
}
