import type { ConnectionOptions } from 'node:tls'
import type { Security } from '../endpoint.ts'
import type { NodeTlsName } from './node-tls.ts'

/** A login: a user with a password, or with an OAuth2 access token. */
export type Credentials =
  | { readonly user: string; readonly pass: string }
  | { readonly user: string; readonly accessToken: string }

/** What a `SecretSource` is told. */
export interface SecretRequest {
  /** Whether the server has just refused the access token that was given before. Never for a password. */
  readonly renew: boolean
  /** Aborted when the secret is no longer waited for, at the latest once it was given. */
  readonly signal: AbortSignal
}

/**
 * Gives the secret when a login is about to be made: asked once a connection, over TLS, after the server has offered a
 * login that it fits. Where it throws, gives no text or takes longer than a reply may, the login fails with
 * `auth-temporary`, and nothing of it is sent. A `SecretError` adds its reason to the failure, which is
 * `auth-secret-missing` if the error is not retryable.
 *
 * @example
 * const accessToken: SecretSource = async ({ renew, signal }) => await tokens.get({ fresh: renew, signal })
 */
export type SecretSource = (request: SecretRequest) => string | Promise<string>

/**
 * A login whose secret is known, or is asked for each time. An access token that is refused is asked for once more, with
 * `renew`, and tried if it is another one; a password never is.
 */
export type LoginSettings =
  | Credentials
  | { readonly user: string; readonly pass: SecretSource }
  | { readonly user: string; readonly accessToken: SecretSource }

/**
 * How TLS is spoken. Beside Postern's own there are those options of `node:tls` that a client has and that cannot weaken
 * the connection: a client certificate, ciphers, curves, `checkServerIdentity` and the like.
 */
export interface TlsSettings extends Readonly<Pick<ConnectionOptions, NodeTlsName>> {
  /** Certificates of the authorities to trust in place of Node's own list, in PEM. */
  readonly ca?: string | Buffer | readonly (string | Buffer)[] | undefined
  /** The name that is asked for (SNI) and that the certificate must carry. Default: the host. */
  readonly servername?: string | undefined
  /** The oldest version that is spoken (RFC 8997). @default 'TLSv1.2' */
  readonly minVersion?: 'TLSv1.2' | 'TLSv1.3' | undefined
  /** Whether the certificate must be valid. `false` leaves a finding. @default true */
  readonly rejectUnauthorized?: boolean | undefined
  /** The newest version that is spoken. Default: Node's. */
  readonly maxVersion?: 'TLSv1.2' | 'TLSv1.3' | undefined
}

/** What Postern may do by itself. */
export interface Policy {
  /**
   * When implicit TLS on 465 is used: `never`; `last-resort`, when neither 587 nor 2525 opens; `first`, as RFC 8314
   * §3.3 recommends.
   *
   * @default 'last-resort'
   */
  readonly implicitTls?: 'never' | 'last-resort' | 'first' | undefined
  /** Whether port 25 may be used as the very last rung. @default false */
  readonly allowPort25?: boolean | undefined
  /** For which hosts `security: 'none'` is accepted. @default 'loopback' */
  readonly allowCleartext?: 'never' | 'loopback' | 'always' | undefined
}

/** A port to try, with its security. */
export interface Candidate {
  /** TCP port. */
  readonly port: number
  /** How it is encrypted. */
  readonly security: Security
}

/** Everything Postern needs to know to reach a mail server. Made by `parseSettings` and `settingsFromEnv`. */
export interface SmtpSettings {
  /** Name or address of the server. */
  readonly host: string
  /** Set: this port alone. Unset: Postern chooses. */
  readonly port?: number | undefined
  /** Unset: what the port means, implicit TLS on 465 and STARTTLS elsewhere. */
  readonly security?: Security | undefined
  /** Unset: no login. Settings that were read hide the secret when they are printed, inspected or serialised. */
  readonly auth?: LoginSettings | undefined
  /** Unset: TLS 1.2 or newer, verified against Node's own authorities. */
  readonly tls?: TlsSettings | undefined
  /** The name this machine gives in EHLO. Default: its own where that is a full name, else `[127.0.0.1]`. */
  readonly clientName?: string | undefined
  /** Ports to try in place of the ladder, best first. */
  readonly candidates?: readonly Candidate[] | undefined
  /** What Postern may do by itself. */
  readonly policy?: Policy | undefined
}
