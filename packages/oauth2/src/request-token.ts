import { allowInsecureRequests, customFetch, genericTokenEndpointRequest, processGenericTokenEndpointResponse, type TokenEndpointResponse } from 'oauth4webapi'
import { authenticationOf } from './client-authentication.ts'
import type { GrantedToken } from './granted-token.ts'
import type { TokenGrant } from './grants/grant.ts'
import type { Fetch } from './limited-fetch.ts'
import { limitedRequest, type RequestTokenOptions } from './limited-request.ts'
import { printable } from './printable.ts'

/**
 * Makes one request to a token endpoint, without a cache and without retries.
 *
 * @throws OAuth2Error, or the signal's reason
 * @example
 * const { accessToken, lifetime } = await requestToken(refreshTokenGrant({ tokenEndpoint, clientId, refreshToken }), { signal })
 */
export async function requestToken(grant: TokenGrant, options: RequestTokenOptions = {}): Promise<GrantedToken> {
  const parameters = grant.parameters()
  const token = await limitedRequest(grant.tokenEndpoint, grant.grantType, options, async (fetch) => readToken(await exchange(grant, parameters, fetch)))
  grant.onGranted?.(token)
  return token
}

async function exchange(grant: TokenGrant, parameters: Readonly<Record<string, string>>, fetch: Fetch): Promise<TokenEndpointResponse> {
  const { tokenEndpoint, clientId, grantType } = grant
  const server = { issuer: tokenEndpoint, token_endpoint: tokenEndpoint }
  const client = { client_id: clientId ?? 'none' }
  const response = await genericTokenEndpointRequest(server, client, authenticationOf(grant), grantType, { ...parameters }, {
    [customFetch]: fetch,
    [allowInsecureRequests]: new URL(tokenEndpoint).protocol === 'http:',
  })
  return await processGenericTokenEndpointResponse(server, client, response)
}

function readToken({ access_token: accessToken, token_type: type, expires_in: seconds, refresh_token: refreshToken, scope }: TokenEndpointResponse): GrantedToken {
  if (type !== 'bearer' || !printable.test(accessToken)) throw new TypeError('The access token cannot be used.')
  return { accessToken, lifetime: seconds === undefined ? undefined : seconds * 1_000, refreshToken, scope }
}
