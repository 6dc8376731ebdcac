import { randomBytes } from 'node:crypto'
import { settingsFromEnv, type SmtpSettings } from '@postern/core'

/** What the environment says. */
export interface Config {
  /** Where the app listens; 0 for any free port. */
  readonly port: number
  /** The user's own server, where one is named. */
  readonly own: OwnServer | undefined
  /** Who sends it may have settings checked: the one that was set, or one made up for this run. */
  readonly checkToken: string
}

export interface OwnServer {
  readonly settings: SmtpSettings
  readonly from: string
  readonly to: string
}

/** Something the user can put right, told in one sentence. */
export class ConfigError extends Error {}

/** @throws ConfigError, SettingsError */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const port = Number(env.PORT ?? 3000)
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new ConfigError(`PORT should be a port number from 0 (any free one) to 65535, and is "${env.PORT}".`)
  }
  // Whoever sets any of them means a server of their own: a forgotten SMTP_HOST should not end in the demo.
  const meansOwn = Object.keys(env).some((name) => name.startsWith('SMTP_'))
  const checkToken = env.CHECK_TOKEN || randomBytes(18).toString('base64url')
  return { port, own: meansOwn ? readOwnServer(env) : undefined, checkToken }
}

function readOwnServer(env: NodeJS.ProcessEnv): OwnServer {
  const settings = settingsFromEnv(env)
  const user = settings.auth?.user
  const from = env.MAIL_FROM ?? (user?.includes('@') ? user : undefined)
  if (!from) throw new ConfigError('MAIL_FROM is not set: give the address that this login may send from.')
  return { settings, from, to: env.MAIL_TO ?? from }
}
