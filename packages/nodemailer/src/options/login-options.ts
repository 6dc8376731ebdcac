import type { Credentials, LoginSettings, SecretSource } from '@postern/core'
import type { SMTPPoolOptions } from 'nodemailer'
import type Mail from 'nodemailer/lib/mailer'
import type { Logger } from 'nodemailer/lib/shared'
import type { SMTPTransportAuthOptions } from 'nodemailer/lib/smtp-transport'
import type { MessageTokens } from './message-tokens.ts'
import { OAuth2Tokens } from './oauth2-tokens.ts'
import type { Secrets } from './secrets.ts'

/** The login options, split by use. */
export interface LoginParts {
  /** The login as configured, for a `customAuth` handler. */
  readonly given: SMTPTransportAuthOptions | undefined
  /** The configured mechanism, in upper case. */
  readonly method: string | undefined
  /** The token source for nodemailer's OAuth2 settings. */
  readonly tokens: OAuth2Tokens | undefined
  /** Whether a `customAuth` handler makes the login. */
  readonly isCustom: boolean
}

interface Surroundings {
  readonly secrets: Secrets
  readonly logger: Logger | undefined
}

/**
 * Reads the login options: Postern's forms, and nodemailer's with a mechanism, with OAuth2 settings, or for `customAuth`.
 *
 * @param merged all options, including those of a URL
 */
export function readLogin({ auth, authMethod, customAuth }: SMTPPoolOptions, { secrets, logger }: Surroundings): LoginParts {
  const method = inCapitals(auth?.method) || inCapitals(authMethod) || undefined
  const isCustom = method !== undefined && Object.keys(customAuth ?? {}).some((name) => inCapitals(name) === method)
  const tokens = isOAuth2(auth) ? new OAuth2Tokens(auth, logger) : undefined
  // The other secrets are added after core has read the settings.
  if (auth && (tokens || isCustom)) secrets.add(auth.pass, auth.accessToken, auth.clientSecret, auth.refreshToken)
  return { given: auth, method, tokens, isCustom }
}

/**
 * The replacement for `auth` before core reads the settings: the login without the properties that only nodemailer has.
 *
 * @param auth the login in the settings, not the one in a URL
 */
export function loginForCore(auth: SMTPTransportAuthOptions | undefined, { tokens, isCustom }: LoginParts): { readonly auth?: unknown } {
  // Only the custom handler makes this login; checks do not.
  if (isCustom) return { auth: undefined }
  if (typeof auth !== 'object' || auth === null) return {}
  if (tokens) return { auth: { user: auth.user, accessToken: tokens.source } }
  if (auth.options === undefined && auth.service === undefined) return { auth }
  const { options, service, ...rest } = auth
  void [options, service]
  return { auth: rest }
}

/** The properties of `mail.auth`, as in nodemailer. The rest comes from the transport. */
const messageKeys = ['type', 'user', 'pass', 'accessToken', 'refreshToken', 'expires'] as const

/** What the logins of the messages of a transport have in common. */
interface MessageSurroundings extends Pick<Surroundings, 'logger'> {
  readonly tokens: MessageTokens
  /** The transporter, which emits `token` and has `oauth2_provision_cb`. */
  readonly mailer: Pick<Mail, 'get' | 'emit'> | undefined
}

/** The login of a single message (`mail.auth`), completed with the login of the transport. */
export function messageLogin(auth: SMTPTransportAuthOptions, given: SMTPTransportAuthOptions | undefined, { tokens, mailer, logger }: MessageSurroundings): LoginSettings | undefined {
  const own = Object.fromEntries(messageKeys.filter((key) => Object.hasOwn(auth, key)).map((key) => [key, auth[key]]))
  const merged: SMTPTransportAuthOptions = { ...given, ...own }
  if (isOAuth2(merged)) {
    if (!merged.user) return undefined
    return { user: merged.user, accessToken: tokens.for(own, merged, mailer, logger).source }
  }
  const { user = '', pass, accessToken } = merged
  if (pass === undefined && accessToken !== undefined) return { user, accessToken }
  return { user, pass: pass ?? '' }
}

function isOAuth2(auth: SMTPTransportAuthOptions | undefined): auth is SMTPTransportAuthOptions {
  return inCapitals(auth?.type) === 'OAUTH2'
}

/** The mechanism in upper case. In an untyped app the value may be anything. */
export function inCapitals(name: unknown): string {
  return typeof name === 'string' ? name.trim().toUpperCase() : ''
}

/** Wraps a function in the login, so that its secrets are added to `secrets` and its errors are logged. */
export function watchedLogin(auth: LoginSettings, { secrets, logger }: Surroundings): LoginSettings {
  const kind = 'pass' in auth ? 'pass' : 'accessToken'
  const source = 'pass' in auth ? auth.pass : auth.accessToken
  if (typeof source === 'string') {
    secrets.addLogin(auth as Credentials)
    return auth
  }
  const asked: SecretSource = async (request) => {
    try {
      return await source(request)
    } catch (error) {
      const reason = error instanceof Error ? error.message : ''
      logger?.error({ tnx: 'postern', component: 'postern', action: 'secret' }, 'auth.%s gave no secret. %s', kind, reason)
      throw error
    }
  }
  return kind === 'pass' ? { user: auth.user, pass: asked } : { user: auth.user, accessToken: asked }
}
