import { expectTexts } from '../check-options.ts'
import { type ClientOptions, readClient, type TokenGrant } from './grant.ts'

/** Options of `clientCredentialsGrant`. */
export interface ClientCredentialsOptions extends ClientOptions {
  readonly clientSecret: string
  /** The requested scope. */
  readonly scope: string
}

/**
 * The client credentials grant (RFC 6749 §4.4): the app logs in as itself, without a user.
 *
 * @throws SettingsError
 */
export function clientCredentialsGrant({ scope, clientSecret, ...client }: ClientCredentialsOptions): TokenGrant {
  expectTexts({ clientSecret, scope })
  return { ...readClient({ ...client, clientSecret }), grantType: 'client_credentials', isAbandonable: true, parameters: () => ({ scope }) }
}
