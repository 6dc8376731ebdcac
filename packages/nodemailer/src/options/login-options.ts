import type { Credentials, LoginSettings, SecretSource } from '@postern/core'
import type { SMTPPoolOptions } from 'nodemailer'
import type Mail from 'nodemailer/lib/mailer'
import type { Logger } from 'nodemailer/lib/shared'
import type { SMTPTransportAuthOptions } from 'nodemailer/lib/smtp-transport'
import { OAuth2Tokens } from './oauth2-tokens.ts'
import type { Secrets } from './secrets.ts'

/** The login among the options, for each part that needs it. */
export interface LoginParts {
  /** The login as it was given, for a handler of the caller's. */
  readonly given: SMTPTransportAuthOptions | undefined
  /** The one mechanism that is wanted, in upper case. */
  readonly method: string | undefined
  /** nodemailer's OAuth2 settings at work. */
  readonly tokens: OAuth2Tokens | undefined
  /** Whether a handler of the caller's makes it. */
  readonly isCustom: boolean
}

interface Surroundings {
  readonly secrets: Secrets
  readonly logger: Logger | undefined
}

/**
 * Reads the login among the options: Postern's forms, and nodemailer's own with a mechanism, with OAuth2 settings, or for
 * a handler of the caller's.
 *
 * @param merged all the options, with those of a URL
 */
export function readLogin({ auth, authMethod, customAuth }: SMTPPoolOptions, { secrets, logger }: Surroundings): LoginParts {
  const method = inCapitals(auth?.method) || inCapitals(authMethod) || undefined
  const isCustom = method !== undefined && Object.keys(customAuth ?? {}).some((name) => inCapitals(name) === method)
  const tokens = isOAuth2(auth) ? new OAuth2Tokens(auth, logger) : undefined
  // The others are known from when core has read them.
  if (auth && (tokens || isCustom)) secrets.add(auth.pass, auth.accessToken, auth.clientSecret, auth.refreshToken)
  return { given: auth, method, tokens, isCustom }
}

/**
 * What replaces `auth` before core reads the settings: the login without what is nodemailer's alone.
 *
 * @param auth the login among the settings, not in a URL
 */
export function loginForCore(auth: SMTPTransportAuthOptions | undefined, { tokens, isCustom }: LoginParts): { readonly auth?: unknown } {
  // A login that only the caller's handler can make is made by it alone, and not by a check.
  if (isCustom) return { auth: undefined }
  if (typeof auth !== 'object' || auth === null) return {}
  if (tokens) return { auth: { user: auth.user, accessToken: tokens.source } }
  if (auth.options === undefined && auth.service === undefined) return { auth }
  const { options, service, ...rest } = auth
  void [options, service]
  return { auth: rest }
}

/** What a message may bring of a login; the rest comes from the transport. nodemailer's list. */
const messageKeys = ['type', 'user', 'pass', 'accessToken', 'refreshToken', 'expires'] as const

/**
 * The login that a message brings along (`mail.auth`), with what the transport's login says beside it.
 *
 * @param mailer emits `token`, and knows `oauth2_provision_cb`
 */
export function messageLogin(auth: SMTPTransportAuthOptions, given: SMTPTransportAuthOptions | undefined, mailer: Pick<Mail, 'get' | 'emit'> | undefined, { logger }: Pick<Surroundings, 'logger'>): LoginSettings | undefined {
  const own = Object.fromEntries(messageKeys.filter((key) => Object.hasOwn(auth, key)).map((key) => [key, auth[key]]))
  const merged: SMTPTransportAuthOptions = { ...given, ...own }
  if (isOAuth2(merged)) {
    if (!merged.user) return undefined
    const tokens = new OAuth2Tokens(merged, logger)
    tokens.mailer = mailer
    return { user: merged.user, accessToken: tokens.source }
  }
  const { user = '', pass, accessToken } = merged
  if (pass === undefined && accessToken !== undefined) return { user, accessToken }
  return { user, pass: pass ?? '' }
}

function isOAuth2(auth: SMTPTransportAuthOptions | undefined): auth is SMTPTransportAuthOptions {
  return inCapitals(auth?.type) === 'OAUTH2'
}

/** nodemailer takes a mechanism in any case; in an untyped app it may be anything. */
export function inCapitals(name: unknown): string {
  return typeof name === 'string' ? name.trim().toUpperCase() : ''
}

/** The login as core read it: its secret is known to `secrets`, or the log says why there was none. */
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
      const why = error instanceof Error ? error.message : ''
      logger?.error({ tnx: 'postern', component: 'postern', action: 'secret' }, 'auth.%s gave no secret. %s', kind, why)
      throw error
    }
  }
  return kind === 'pass' ? { user: auth.user, pass: asked } : { user: auth.user, accessToken: asked }
}
