import { allowInsecureRequests, customFetch, deviceAuthorizationRequest, type DeviceAuthorizationResponse, processDeviceAuthorizationResponse } from 'oauth4webapi'
import { expectSecureUrl, expectTexts } from './check-options.ts'
import { authenticationOf } from './client-authentication.ts'
import type { GrantedToken } from './granted-token.ts'
import { type ClientOptions, readClient, type TokenGrant } from './grants/grant.ts'
import { limitedRequest, type RequestTokenOptions } from './limited-request.ts'
import { OAuth2Error } from './oauth2-error.ts'
import { printable } from './printable.ts'
import { requestToken } from './request-token.ts'
import { systemTime, type Time } from './time.ts'

/** The code that a person enters on the page of the server, on any device. */
export interface DeviceCode {
  readonly userCode: string
  /** The page. */
  readonly verificationUri: string
  /** The page with the code in it, if the server has one. */
  readonly verificationUriComplete: string | undefined
  /** Milliseconds for which the code is valid. */
  readonly lifetime: number
}

/** Options of `deviceLogin`. */
export interface DeviceLoginOptions extends ClientOptions, RequestTokenOptions {
  /** The URL of the device authorization endpoint: https, or http on this machine. */
  readonly deviceEndpoint: string
  /** The requested scope. */
  readonly scope: string
  /** Called once with the code to show. */
  readonly onCode: (code: DeviceCode) => void
  /** Replaces the clock and the timers, for tests. */
  readonly time?: Time | undefined
}

const GRANT_TYPE = 'urn:ietf:params:oauth:grant-type:device_code'

/** Milliseconds between two requests unless the server says otherwise (RFC 8628 §3.2), and what `slow_down` adds (§3.5). */
const INTERVAL = 5_000

/**
 * Gets a token by the login of a person on another device (RFC 8628): requests a code, and asks for the token until the person has
 * entered the code, at the interval that the server sets.
 *
 * @throws OAuth2Error: `oauth2-login-expired`, `oauth2-login-denied`, or as `requestToken`; or the signal's reason
 * @throws SettingsError for options that cannot be used
 * @example
 * const { refreshToken } = await deviceLogin({
 *   deviceEndpoint, tokenEndpoint, clientId, scope,
 *   onCode: ({ verificationUri, userCode }) => console.log(`Open ${verificationUri} and enter ${userCode}.`),
 * })
 */
export async function deviceLogin({ deviceEndpoint, scope, onCode, time = systemTime, tokenEndpoint, clientId, clientSecret, clientAuthentication, ...options }: DeviceLoginOptions): Promise<GrantedToken> {
  expectTexts({ scope })
  expectSecureUrl('deviceEndpoint', deviceEndpoint)
  const client = readClient({ tokenEndpoint, clientId, clientSecret, clientAuthentication })
  const startedAt = time.now()
  const response = await requestCode(deviceEndpoint, scope, client, options)
  const { device_code: deviceCode, interval } = response
  const code = codeOf(response)
  onCode(code)
  const grant: TokenGrant = { ...client, grantType: GRANT_TYPE, isAbandonable: false, parameters: () => ({ device_code: deviceCode }) }
  return await poll(grant, interval === undefined ? INTERVAL : interval * 1_000, startedAt + code.lifetime, time, options)
}

async function requestCode(deviceEndpoint: string, scope: string, client: ClientOptions, options: RequestTokenOptions): Promise<DeviceAuthorizationResponse> {
  const server = { issuer: deviceEndpoint, device_authorization_endpoint: deviceEndpoint }
  const clientMetadata = { client_id: client.clientId }
  return await limitedRequest(deviceEndpoint, GRANT_TYPE, options, async (fetch) => {
    const response = await deviceAuthorizationRequest(server, clientMetadata, authenticationOf(client), { scope }, {
      [customFetch]: fetch,
      [allowInsecureRequests]: new URL(deviceEndpoint).protocol === 'http:',
    })
    const read = await processDeviceAuthorizationResponse(server, clientMetadata, response)
    if (![read.user_code, read.verification_uri, read.verification_uri_complete ?? '-'].every((text) => printable.test(text))) throw new TypeError('The code cannot be shown.')
    return read
  })
}

function codeOf({ user_code, verification_uri, verification_uri_complete, expires_in }: DeviceAuthorizationResponse): DeviceCode {
  return { userCode: user_code, verificationUri: verification_uri, verificationUriComplete: verification_uri_complete, lifetime: expires_in * 1_000 }
}

async function poll(grant: TokenGrant, interval: number, endsAt: number, time: Time, options: RequestTokenOptions): Promise<GrantedToken> {
  let pause = interval
  while (time.now() + pause < endsAt) {
    await time.wait(pause, options.signal)
    try {
      return await requestToken(grant, options)
    } catch (error) {
      if (!OAuth2Error.isInstance(error)) throw error
      if (error.oauthError === 'authorization_pending') continue
      if (!error.retryable) throw error
      // Without an answer, the pause doubles (RFC 8628 §3.5).
      pause = error.oauthError === 'slow_down' ? pause + INTERVAL : Math.max(pause * 2, error.retryAfter ?? 0)
    }
  }
  throw new OAuth2Error({ cause: 'login-expired', endpoint: new URL(grant.tokenEndpoint).host, locale: options.locale })
}
