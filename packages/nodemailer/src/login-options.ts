import { randomUUID } from 'node:crypto'
import type { LoginSettings, SecretSource } from '@postern/core'
import type { SMTPPoolOptions } from 'nodemailer'
import type { Logger } from 'nodemailer/lib/shared'
import type { SMTPTransportAuth, SMTPTransportAuthOptions } from 'nodemailer/lib/smtp-transport'
import { OAuth2Tokens } from './oauth2-tokens.ts'
import type { Secrets } from './secrets.ts'

/** What becomes of the login that the options hold. */
export interface LoginParts {
  /** What to put over the settings before core reads them: the login without what is nodemailer's alone. */
  readonly forCore: { readonly auth?: unknown }
  /** What nodemailer has in the place of the secret, which it is not given. */
  readonly standIn: string
  /** nodemailer's OAuth2 settings at work. */
  readonly tokens: OAuth2Tokens | undefined
  /** The login as core read it; its secret is known, or it is told in the log why there was none. */
  watched(auth: LoginSettings): LoginSettings
  /** For nodemailer's transports. */
  forNodemailer(auth: LoginSettings | undefined): Pick<SMTPPoolOptions, 'auth' | 'authMethod'>
  /** What nodemailer's plain transport has to log in with, where it would make something else of its options. */
  inPlace(auth: LoginSettings | undefined): SMTPTransportAuth | undefined
}

interface Surroundings {
  readonly secrets: Secrets
  readonly logger: Logger | undefined
}

/**
 * Reads the login among the options: Postern's forms, and nodemailer's own with a mechanism, with OAuth2 settings, or for
 * a handler of the caller's.
 *
 * @param given the login that stands among the settings, and not in a URL
 * @param merged all the options, with what a URL says
 */
export function readLogin(given: SMTPTransportAuthOptions | undefined, merged: SMTPPoolOptions, { secrets, logger }: Surroundings): LoginParts {
  const { auth, authMethod, customAuth, pool } = merged
  const method = inCapitals(auth?.method) || inCapitals(authMethod)
  const isCustom = Object.keys(customAuth ?? {}).some((name) => inCapitals(name) === method)
  const tokens = isOAuth2(auth) ? new OAuth2Tokens(auth, logger) : undefined
  // The others are known from when core has read them.
  if (auth && (tokens || isCustom)) secrets.add(auth.pass, auth.accessToken, auth.clientSecret, auth.refreshToken)
  const standIn = randomUUID()

  const standing = (login: LoginSettings) => ({ user: login.user, pass: standIn })
  return {
    forCore: coreLogin(given, tokens, isCustom),
    standIn,
    tokens,
    watched: (login) => watched(login, secrets, logger),
    forNodemailer: (login) => ({
      ...(method && { authMethod: method }),
      // A message that brings an access token needs the rest of the OAuth2 settings; a handler of the caller's needs it all.
      ...(isCustom || (tokens && !pool) ? { auth } : login && { auth: { ...standing(login), options: auth?.options } }),
    }),
    inPlace: (login) =>
      isCustom || !login ? undefined : { type: 'LOGIN', user: login.user, credentials: standing(login), method: method || false },
  }
}

function coreLogin(auth: SMTPTransportAuthOptions | undefined, tokens: OAuth2Tokens | undefined, isCustom: boolean): LoginParts['forCore'] {
  // A login that only the caller's handler can make is made by it alone, and not by a check.
  if (isCustom) return { auth: undefined }
  if (typeof auth !== 'object' || auth === null) return {}
  if (tokens) return { auth: { user: auth.user, accessToken: tokens.source } }
  const { options, service, ...rest } = auth
  void [options, service]
  return { auth: rest }
}

function isOAuth2(auth: SMTPTransportAuthOptions | undefined): auth is SMTPTransportAuthOptions {
  return inCapitals(auth?.type) === 'OAUTH2'
}

/** nodemailer takes a mechanism in any case; in an untyped app it may be anything. */
function inCapitals(name: unknown): string {
  return typeof name === 'string' ? name.trim().toUpperCase() : ''
}

function watched(auth: LoginSettings, secrets: Secrets, logger: Logger | undefined): LoginSettings {
  const kind = 'pass' in auth ? 'pass' : 'accessToken'
  const source = 'pass' in auth ? auth.pass : auth.accessToken
  if (typeof source === 'string') {
    secrets.add(source)
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
