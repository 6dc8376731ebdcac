import { type ClientAuth, ClientSecretBasic, ClientSecretPost, None } from 'oauth4webapi'
import type { TokenGrant } from './grants/grant.ts'

/** How a client shows who it is (RFC 6749 §2.3.1). */
export function authenticationOf({ clientId, clientSecret, clientAuthentication }: Pick<TokenGrant, 'clientId' | 'clientSecret' | 'clientAuthentication'>): ClientAuth {
  if (clientId === undefined) return () => {}
  if (clientSecret === undefined) return None()
  return clientAuthentication === 'client_secret_basic' ? ClientSecretBasic(clientSecret) : ClientSecretPost(clientSecret)
}
