import { randomBytes } from 'node:crypto'
import { type Locale, type LoginSettings, parseSettings, settingsFromEnv, type SmtpSettings } from '@postern/core'
import { localeFrom } from '@postern/core/http'
import { passwordFile } from './password-file.ts'
import { tokenSourceFrom } from './token-source.ts'

/** The configuration from the environment. */
export interface Config {
  /** The port to listen on; 0 for a free one. */
  readonly port: number
  /** The user's own SMTP server, if configured. */
  readonly own: OwnServer | undefined
  /** The language of failures and advice outside the dashboard: `MAIL_LOCALE`, as `de`. */
  readonly locale: Locale
  /** The token for the settings check: `CHECK_TOKEN`, or a random one. */
  readonly checkToken: string
}

export interface OwnServer {
  readonly settings: SmtpSettings
  readonly from: string
  readonly to: string
}

/** An error that the user can correct. Its message is one sentence. */
export class ConfigError extends Error {}

/** @throws ConfigError, SettingsError */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const port = Number(env.PORT ?? 3000)
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new ConfigError(`PORT should be a port number from 0 (any free port) to 65535, but is "${env.PORT}".`)
  }
  // Any SMTP_ variable selects the user's server: a missing SMTP_HOST is an error, not a reason to start the demo.
  const hasOwnServer = Object.keys(env).some((name) => name.startsWith('SMTP_'))
  const checkToken = env.CHECK_TOKEN || randomBytes(18).toString('base64url')
  const locale = localeFrom(env.MAIL_LOCALE)
  return { port, own: hasOwnServer ? readOwnServer(env, locale) : undefined, locale, checkToken }
}

function readOwnServer(env: NodeJS.ProcessEnv, locale: Locale): OwnServer {
  const settings = readSettings(env, locale)
  const user = settings.auth?.user
  const from = env.MAIL_FROM ?? (user?.includes('@') ? user : undefined)
  if (!from) throw new ConfigError('MAIL_FROM is not set: it should be the address that this login may send from.')
  return { settings, from, to: env.MAIL_TO ?? from }
}

/** The secret of the login is a password in the environment, unless that selects a source of OAuth2 tokens or the file of a password. */
function readSettings({ SMTP_USER: user, ...env }: NodeJS.ProcessEnv, locale: Locale): SmtpSettings {
  const auth = user && sourceOf(env, user, locale)
  if (!auth) return settingsFromEnv({ SMTP_USER: user, ...env }, { locale })
  return parseSettings({ ...settingsFromEnv(env, { locale }), auth }, { locale })
}

function sourceOf(env: NodeJS.ProcessEnv, user: string, locale: Locale): LoginSettings | undefined {
  const accessToken = tokenSourceFrom(env, user, locale)
  if (accessToken) return { user, accessToken }
  return env.SMTP_PASS_FILE ? { user, pass: passwordFile(env.SMTP_PASS_FILE) } : undefined
}
