import { expectTexts } from '../check-options.ts'
import { type ClientOptions, readClient, type TokenGrant } from './grant.ts'

/** A user who once signed in. */
export interface RefreshTokenOptions extends ClientOptions {
  /** The refresh token that the sign-in gave. */
  readonly refreshToken: string
  /** What the access token is for. Unset: what the refresh token was issued for. */
  readonly scope?: string | undefined
  /**
   * Called with each refresh token that the endpoint gives in place of the one before, which may end at once: keep the new
   * one for the next start. It is not waited for. What it throws is an uncaught exception, as a lost token needs a new sign-in.
   */
  readonly onRefreshToken?: ((refreshToken: string) => unknown) | undefined
}

/**
 * A refresh token (RFC 6749 §6). Where the endpoint rotates it, each request has the latest one.
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
