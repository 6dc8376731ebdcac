import { createPrivateKey, type KeyObject, sign } from 'node:crypto'
import { expectSecureUrl, expectTexts, invalid } from '../check-options.ts'
import type { TokenGrant } from './grant.ts'

/** Options of `jwtBearerGrant`. */
export interface JwtBearerOptions {
  /** The URL of the token endpoint: https, or http on this machine. */
  readonly tokenEndpoint: string
  /** The issuer: `iss`. */
  readonly issuer: string
  /** The user to act for: `sub`. Unset: the issuer itself. */
  readonly subject?: string | undefined
  /** The requested scope. */
  readonly scope: string
  /** The RSA key of the issuer in PEM. Line breaks may be written as `\n`, as in environment variables. */
  readonly privateKey: string
  /** The id of the key: `kid`. */
  readonly keyId?: string | undefined
  /** The clock for `iat` and `exp`. Default: the system's. */
  readonly clock?: { now(): number } | undefined
}

/** Seconds for which an assertion is valid: the maximum that Google accepts. */
const VALID_SECONDS = 3_600

/**
 * The JWT bearer grant (RFC 7523 §2.1), signed with RS256. Each request has a new assertion.
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

/** Node's own error is dropped, because it may quote the key. */
function readKey(pem: string): KeyObject {
  let key: KeyObject | undefined
  try {
    key = createPrivateKey(pem.replaceAll('\\n', '\n'))
  } catch {}
  if (key?.asymmetricKeyType !== 'rsa') invalid({ path: 'privateKey', message: 'should be an RSA key in PEM: "-----BEGIN PRIVATE KEY-----…".' })
  return key
}
