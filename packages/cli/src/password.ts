import { type LoginSettings, settingsFromEnv, settingsVariables, type SmtpSettings } from '@postern/core'
import type { Invocation } from './command.ts'
import { firstLineOf } from './read-option-file.ts'
import { readTarget } from './target.ts'

/**
 * The secret for a server of the command line: of the file, otherwise of the environment. The environment's is used only for the server
 * that the environment names. If it names none, `--user` has to say whose secret it is.
 *
 * @throws SettingsError for invalid variables of the server or the login
 */
export function secretFor(user: string, host: string, env: NodeJS.ProcessEnv, { options, io, locale }: Invocation): LoginSettings | undefined {
  const pass = firstLineOf('pass-file', options, io)
  if (pass !== undefined) return { user, pass }
  const namesServer = variableFor('url', env) !== undefined || variableFor('host', env) !== undefined
  if (!namesServer && options.user === undefined) return undefined
  if (!hasSecret(env)) return undefined
  const variables = settingsVariables.filter(([, path]) => path === 'url' || path === 'host' || path.startsWith('auth.'))
  const own = Object.fromEntries(variables.map(([variable]) => [variable, env[variable]]))
  const settings = settingsFromEnv({ ...own, SMTP_USER: user, ...(!namesServer && { SMTP_HOST: host }) }, { locale })
  return settings.host.toLowerCase() === host.toLowerCase() ? settings.auth : undefined
}

/** The user name of the environment. */
export function userOfEnvironment(env: NodeJS.ProcessEnv): string | undefined {
  return variableFor('auth.user', env)
}

/** The settings of the environment, with the user name and the password of the options. */
export function environmentSettings(env: NodeJS.ProcessEnv, { options, io, locale }: Invocation): SmtpSettings {
  const own = { ...env, ...(options.user !== undefined && { SMTP_USER: options.user }) }
  const pass = firstLineOf('pass-file', options, io)
  if (pass === undefined) return settingsFromEnv(own, { locale })
  // A login has a password or a token, not both, and the URL may have one.
  const others = { ...own, SMTP_PASS: undefined, SMTP_PASSWORD: undefined, SMTP_ACCESS_TOKEN: undefined }
  const settings = settingsFromEnv(hasSecretInUrl(env) ? others : { ...others, SMTP_PASS: pass }, { locale })
  return { ...settings, ...(settings.auth && { auth: { user: settings.auth.user, pass } }) }
}

function hasSecret(env: NodeJS.ProcessEnv): boolean {
  return hasSecretInUrl(env) || variableFor('auth.pass', env) !== undefined || variableFor('auth.accessToken', env) !== undefined
}

function hasSecretInUrl({ SMTP_URL }: NodeJS.ProcessEnv): boolean {
  return SMTP_URL !== undefined && readTarget(SMTP_URL).hasPassword
}

/** The value of a setting, from the variable that takes precedence in core. */
function variableFor(path: string, env: NodeJS.ProcessEnv): string | undefined {
  const given = settingsVariables.findLast(([variable, place]) => place === path && env[variable])
  return given && env[given[0]]
}
