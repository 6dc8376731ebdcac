import { type Finding, parseSettings, SettingsError, type SmtpSettings } from '@postern/core'
import { askPassword } from './ask-password.ts'
import type { Invocation } from './command.ts'
import { readEnvironment } from './environment.ts'
import type { Output } from './output.ts'
import { environmentSettings, secretFor, userOfEnvironment } from './password.ts'
import { readOptionFile } from './read-option-file.ts'
import { parseTarget, readTarget, type Target } from './target.ts'
import { UsageError } from './usage-error.ts'

/** The settings to examine. */
export interface LoadedSettings {
  /** With the login, if it is complete. */
  readonly settings: SmtpSettings
  /** The user name, also without a password. */
  readonly user: string | undefined
  /** Whether they come from the environment, and not from an argument. */
  readonly isFromEnvironment: boolean
}

/**
 * Reads the settings of the argument, otherwise those of the environment, and applies the options.
 *
 * @param errors where the warning about a password on the command line goes
 * @throws UsageError for an argument that names no server, and if nothing does
 * @throws SettingsError for invalid settings in the environment
 */
export async function loadSettings(invocation: Invocation, errors: Output, need: LoginNeed): Promise<LoadedSettings> {
  const { args: [target], options, io, locale } = invocation
  const env = readEnvironment(io)
  const isFromEnvironment = target === undefined
  const given = isFromEnvironment ? fromEnvironment(env, invocation, need) : await fromTarget(readTarget(target), env, invocation, errors, need)
  const { user, ...settings } = given
  try {
    return { settings: parseSettings(withOptions(settings, invocation), { locale }), user, isFromEnvironment }
  } catch (error) {
    if (options.ca !== undefined && SettingsError.isInstance(error) && error.issues.some(({ path }) => path.startsWith('tls.ca'))) throw new UsageError('ca-invalid')
    throw error
  }
}

/** The findings about these settings. A server that is named on the command line needs no login. */
export function relevantFindings(findings: readonly Finding[], { isFromEnvironment }: LoadedSettings): readonly Finding[] {
  return isFromEnvironment ? findings : findings.filter(({ code }) => code !== 'auth-missing')
}

/** What a command needs of the login. */
export interface LoginNeed {
  /** Whether the login is used: not at all, if there is a user name, or in any case. Only then a password is read or asked for. */
  readonly login: 'never' | 'with-user' | 'always'
  /**
   * Called with the user name before a password is asked for.
   *
   * @throws UsageError if the options do not fit it
   */
  readonly checkUser?: (user: string | undefined) => void
}

type Given = SmtpSettings & { readonly user: string | undefined }

function fromEnvironment(env: NodeJS.ProcessEnv, invocation: Invocation, { login, checkUser }: LoginNeed): Given {
  const { name } = invocation
  if (!env.SMTP_URL && !env.SMTP_HOST) throw new UsageError('server-missing', { command: name })
  const settings = environmentSettings(env, invocation)
  if (login === 'always' && !settings.auth) throw new UsageError('user-missing')
  checkUser?.(settings.auth?.user)
  return { ...settings, user: settings.auth?.user }
}

/** Stands for a password that is not known, so that the rest of the settings is checked. It is never sent. */
const PLACEHOLDER = 'placeholder'

async function fromTarget({ raw, ...target }: Target, env: NodeJS.ProcessEnv, invocation: Invocation, errors: Output, need: LoginNeed): Promise<Given> {
  const { options, locale, texts } = invocation
  if (target.hasPassword) errors.line(texts.passwordOnCommandLine, 'yellow')
  const user = options.user ?? (target.user === undefined && need.login === 'always' ? userOfEnvironment(env) : undefined)
  const hasUser = (user ?? target.user) !== undefined
  const given = { ...(user !== undefined && { user }), ...(hasUser && !target.hasPassword && { pass: PLACEHOLDER }) }
  const { auth, ...settings } = parseTarget({ ...raw, auth: given }, locale)
  need.checkUser?.(auth?.user)
  const isUsed = need.login === 'always' || (need.login === 'with-user' && hasUser)
  if (!isUsed) return { ...settings, ...(target.hasPassword && auth && { auth }), user: auth?.user }
  if (!auth) throw new UsageError('user-missing')
  const known = target.hasPassword ? auth : secretFor(auth.user, settings.host, env, invocation)
  return { ...settings, auth: known ?? { user: auth.user, pass: await askPassword(auth.user, invocation) }, user: auth.user }
}

function withOptions(settings: SmtpSettings, { options, io }: Invocation): object {
  const ca = readOptionFile('ca', options, io)
  const policy = {
    ...settings.policy,
    ...(options['allow-25'] && { allowPort25: true }),
    ...(options['implicit-tls'] !== undefined && { implicitTls: options['implicit-tls'] }),
  }
  return { ...settings, ...(ca !== undefined && { tls: { ...settings.tls, ca } }), ...(Object.keys(policy).length > 0 && { policy }) }
}
