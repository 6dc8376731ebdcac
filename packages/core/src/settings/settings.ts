import type { ConnectionOptions } from 'node:tls'
import type { Security } from '../endpoint.ts'
import type { NodeTlsName } from './node-tls.ts'

/** A login: a user with a password, or with an OAuth2 access token. */
export type Credentials =
  | { readonly user: string; readonly pass: string }
  | { readonly user: string; readonly accessToken: string }

/** Passed to a `SecretSource`. */
export interface SecretRequest {
  /** Whether the server has just refused the previous access token. Always false for passwords. */
  readonly renew: boolean
  /** Aborted when the secret is no longer needed, at the latest after it was returned. */
  readonly signal: AbortSignal
}

/**
 * A function that returns the secret for a login. It is called once per connection, after TLS is established and the server
 * has offered a suitable login. If it throws, returns no text or takes longer than a reply may take, nothing is sent and the
 * login fails with `auth-temporary`. A `SecretError` adds its reason to the failure; if it is not retryable, the code is
 * `auth-secret-missing`.
 *
 * @example
 * const accessToken: SecretSource = async ({ renew, signal }) => await tokens.get({ fresh: renew, signal })
 */
export type SecretSource = (request: SecretRequest) => string | Promise<string>

/**
 * A login with a fixed secret, or with a function that returns it. If an access token is refused, the function is called once
 * more with `renew`, and a different token is tried. A refused password is never retried.
 */
export type LoginSettings =
  | Credentials
  | { readonly user: string; readonly pass: SecretSource }
  | { readonly user: string; readonly accessToken: SecretSource }

/**
 * TLS options. They include the client options of `node:tls` that cannot weaken the connection: a client certificate, ciphers,
 * curves, `checkServerIdentity` and others.
 */
export interface TlsSettings extends Readonly<Pick<ConnectionOptions, NodeTlsName>> {
  /** The trusted certificate authorities instead of Node's list, in PEM. */
  readonly ca?: string | Buffer | readonly (string | Buffer)[] | undefined
  /** The name for SNI and certificate verification. Default: the host. */
  readonly servername?: string | undefined
  /** The minimum version (RFC 8997). @default 'TLSv1.2' */
  readonly minVersion?: 'TLSv1.2' | 'TLSv1.3' | undefined
  /**
   * SHA-256 fingerprints of the only certificates to trust, instead of `ca` and of Node's authorities: `sha256:` and 64 hexadecimal
   * digits. One is enough for the server's own certificate, whatever its name, or for an authority that has issued it for the host.
   * Any other certificate is refused with `certificate-changed`, whatever `rejectUnauthorized` says.
   */
  readonly fingerprints?: readonly string[] | undefined
  /** Whether the certificate must be valid. `false` causes a finding. @default true */
  readonly rejectUnauthorized?: boolean | undefined
  /** The maximum version. Default: that of Node. */
  readonly maxVersion?: 'TLSv1.2' | 'TLSv1.3' | undefined
}

/** Limits for the choice of endpoints. */
export interface Policy {
  /**
   * When implicit TLS on 465 is used: `never`; `last-resort`, if neither 587 nor 2525 works; or `first`, as RFC 8314 §3
   * recommends.
   *
   * @default 'last-resort'
   */
  readonly implicitTls?: 'never' | 'last-resort' | 'first' | undefined
  /** Whether port 25 may be used as the last rung. @default false */
  readonly allowPort25?: boolean | undefined
  /** The hosts for which `security: 'none'` is accepted. @default 'loopback' */
  readonly allowCleartext?: 'never' | 'loopback' | 'always' | undefined
}

/** A port to try, with its security. */
export interface Candidate {
  /** TCP port. */
  readonly port: number
  /** The kind of encryption. */
  readonly security: Security
}

/** The settings for a mail server, as `parseSettings` and `settingsFromEnv` return them. */
export interface SmtpSettings {
  /** The name or address of the server. */
  readonly host: string
  /** The only port to use. Unset: Postern chooses. */
  readonly port?: number | undefined
  /** Default: implicit TLS on port 465, STARTTLS on other ports. */
  readonly security?: Security | undefined
  /** Unset: no login. `parseSettings` hides the secret when the settings are printed, inspected or serialised. */
  readonly auth?: LoginSettings | undefined
  /** Default: TLS 1.2 or later, verified against Node's certificate authorities. */
  readonly tls?: TlsSettings | undefined
  /**
   * The name of this machine in EHLO; no other name is sent. Default: its host name if that is fully qualified, otherwise the
   * domain of `auth.user` or of the sender, otherwise `[127.0.0.1]`. If the server refuses the default, one other form is tried.
   */
  readonly clientName?: string | undefined
  /** Ports to try instead of the ladder, best first. */
  readonly candidates?: readonly Candidate[] | undefined
  /** Limits for the choice of endpoints. */
  readonly policy?: Policy | undefined
}
