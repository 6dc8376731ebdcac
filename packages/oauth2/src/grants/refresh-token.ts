import { expectTexts } from '../check-options.ts'
import { type ClientOptions, readClient, type TokenGrant } from './grant.ts'

/** Options of `refreshTokenGrant`. */
export interface RefreshTokenOptions extends ClientOptions {
  /** The refresh token from the user's sign-in. */
  readonly refreshToken: string
  /** The requested scope. Unset: that of the refresh token. */
  readonly scope?: string | undefined
  /**
   * Called with each new refresh token when the endpoint rotates it. Store it for the next start, because the old one may no longer
   * be valid. Its promise is not awaited. An error that it throws becomes an unhandled rejection, as losing the token requires a new sign-in.
   */
  readonly onRefreshToken?: ((refreshToken: string) => unknown) | undefined
}

/**
 * The refresh token grant (RFC 6749 §6). After a rotation, requests use the latest refresh token.
 *
 * @throws SettingsError
 */
export function refreshTokenGrant({ refreshToken, scope, onRefreshToken, ...client }: RefreshTokenOptions): TokenGrant {
  expectTexts({ refreshToken })
  let latest = refreshToken
  return {
    ...readClient(client),
    grantType: 'refresh_token',
    isAbandonable: false,
    parameters: () => ({ refresh_token: latest, ...(scope && { scope }) }),
    onGranted({ refreshToken: given }) {
      if (given === undefined || given === latest) return
      latest = given
      void Promise.resolve(given).then(onRefreshToken)
    },
  }
}
