import { expectTexts } from '../check-options.ts'
import { type ClientOptions, readClient, type TokenGrant } from './grant.ts'

/** An app that logs in by itself. */
export interface ClientCredentialsOptions extends ClientOptions {
  readonly clientSecret: string
  /** What the token is for. */
  readonly scope: string
}

/**
 * The client's own credentials (RFC 6749 §4.4): no user is involved.
 *
 * @throws SettingsError
 */
export function clientCredentialsGrant({ scope, clientSecret, ...client }: ClientCredentialsOptions): TokenGrant {
  expectTexts({ clientSecret, scope })
  return { ...readClient({ ...client, clientSecret }), grantType: 'client_credentials', isAbandonable: true, parameters: () => ({ scope }) }
}
