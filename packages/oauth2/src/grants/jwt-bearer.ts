import { createPrivateKey, type KeyObject, sign } from 'node:crypto'
import { expectSecureUrl, expectTexts, invalid } from '../check-options.ts'
import type { TokenGrant } from './grant.ts'

/** A signed request in place of a secret. */
export interface JwtBearerOptions {
  /** The URL of the token endpoint: https, or http on this machine. */
  readonly tokenEndpoint: string
  /** Who signs: `iss`. */
  readonly issuer: string
  /** On whose behalf: `sub`. Unset: the issuer's own. */
  readonly subject?: string | undefined
  /** What the token is for. */
  readonly scope: string
  /** The RSA key of the issuer, in PEM. `\n` may be written as two characters, as environment variables have it. */
  readonly privateKey: string
  /** The name of the key: `kid`. */
  readonly keyId?: string | undefined
  /** Where `iat` and `exp` come from. Default: the system's. */
  readonly clock?: { now(): number } | undefined
}

/** Seconds for which a signed request is valid: the most that Google accepts. */
const VALID_SECONDS = 3_600

/**
 * A JSON Web Token, signed with RS256 (RFC 7523 §2.1). A new one is signed for each request.
 *
 * @throws SettingsError
 */
export function jwtBearerGrant({ tokenEndpoint, issuer, subject, scope, privateKey, keyId, clock = Date }: JwtBearerOptions): TokenGrant {
  expectTexts({ issuer, scope, privateKey, ...(subject !== undefined && { subject }) })
  expectSecureUrl('tokenEndpoint', tokenEndpoint)
  const key = readKey(privateKey)
  const header = { alg: 'RS256', typ: 'JWT', ...(keyId !== undefined && { kid: keyId }) }
  return {
    tokenEndpoint,
    grantType: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
    isAbandonable: true,
    parameters() {
      const iat = Math.floor(clock.now() / 1_000)
      const claims = { iss: issuer, sub: subject, scope, aud: tokenEndpoint, iat, exp: iat + VALID_SECONDS }
      return { assertion: signed([header, claims], key) }
    },
  }
}

function signed(parts: readonly object[], key: KeyObject): string {
  const text = parts.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')
  return `${text}.${sign('sha256', Buffer.from(text), key).toString('base64url')}`
}

/** What Node says about a key that it cannot read may quote it. */
function readKey(pem: string): KeyObject {
  let key: KeyObject | undefined
  try {
    key = createPrivateKey(pem.replaceAll('\\n', '\n'))
  } catch {}
  if (key?.asymmetricKeyType !== 'rsa') invalid({ path: 'privateKey', message: 'should be an RSA key in PEM: "-----BEGIN PRIVATE KEY-----…".' })
  return key
}
