/** The token response of an endpoint (RFC 6749 §5.1). */
export interface GrantedToken {
  readonly accessToken: string
  /** Milliseconds for which it is valid, if the response says so. */
  readonly lifetime: number | undefined
  /** A refresh token, if the response has one. */
  readonly refreshToken: string | undefined
  /** The scope of the access token, if the response says so. */
  readonly scope: string | undefined
}
