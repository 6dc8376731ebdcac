import { type Issue, settingsError } from './issue.ts'
import { nested } from './nested.ts'
import { type ParseOptions, readSettings } from './parse.ts'
import type { SmtpSettings } from './settings.ts'

/** Each variable with the path of its setting. If two variables have the same path, the later one takes precedence. */
export const settingsVariables: readonly (readonly [variable: string, path: string])[] = [
  ['SMTP_URL', 'url'],
  ['SMTP_HOST', 'host'],
  ['SMTP_PORT', 'port'],
  ['SMTP_SECURE', 'secure'],
  ['SMTP_ENCRYPTION', 'security'],
  ['SMTP_SECURITY', 'security'],
  ['SMTP_USERNAME', 'auth.user'],
  ['SMTP_USER', 'auth.user'],
  ['SMTP_PASSWORD', 'auth.pass'],
  ['SMTP_PASS', 'auth.pass'],
  ['SMTP_ACCESS_TOKEN', 'auth.accessToken'],
  ['SMTP_CLIENT_NAME', 'clientName'],
  ['SMTP_TLS_CA', 'tls.ca'],
  ['SMTP_TLS_FINGERPRINTS', 'tls.fingerprints'],
  ['SMTP_TLS_SERVERNAME', 'tls.servername'],
  ['SMTP_TLS_MIN_VERSION', 'tls.minVersion'],
  ['SMTP_TLS_REJECT_UNAUTHORIZED', 'tls.rejectUnauthorized'],
  ['SMTP_IMPLICIT_TLS', 'policy.implicitTls'],
  ['SMTP_ALLOW_PORT_25', 'policy.allowPort25'],
  ['SMTP_ALLOW_CLEARTEXT', 'policy.allowCleartext'],
]

/**
 * Reads settings from the environment: `SMTP_URL`, or `SMTP_HOST` with `SMTP_PORT`, `SMTP_SECURITY`, `SMTP_USER`,
 * `SMTP_PASS` and others. A single variable takes precedence over the URL.
 *
 * @throws SettingsError whose paths are the names of the variables
 * @example
 * settingsFromEnv({ SMTP_HOST: 'smtp.example.com', SMTP_USER: 'ada', SMTP_PASS: 'secret' })
 */
export function settingsFromEnv(env: NodeJS.ProcessEnv = process.env, { locale = 'en' }: ParseOptions = {}): SmtpSettings {
  const given = settingsVariables.filter(([variable]) => env[variable] !== undefined && env[variable] !== '')
  if (!given.some(([, path]) => path === 'url' || path === 'host')) throw settingsError([{ path: 'SMTP_HOST', code: 'no-host' }], locale)
  const { settings, issues } = readSettings(nested(Object.fromEntries(given.map(([variable, path]) => [path, env[variable]]))))
  if (settings) return settings
  throw settingsError(issues.map((issue) => inVariables(issue, given)), locale)
}

/** The issue with the names of variables instead of paths. */
function inVariables(issue: Issue, given: typeof settingsVariables): Issue {
  const { path, code, suggestion } = issue
  // A login of one part, where no variable has the other.
  const isUnset = code === 'auth' && !given.some(([, place]) => /^auth\.(?:pass|accessToken)$/.test(place))
  return {
    ...issue,
    ...(isUnset ? { path: 'SMTP_PASS', code: 'unset-secret' } : { path: variableFor(path, given) }),
    ...(suggestion && { suggestion: Object.fromEntries(Object.entries(suggestion).map(([place, value]) => [variableOf(place, given), value])) }),
  }
}

/** The variable that set a path, or that would. */
function variableOf(path: string, given: typeof settingsVariables): string {
  const isOf = ([, place]: (typeof settingsVariables)[number]) => place === path
  return (given.findLast(isOf) ?? settingsVariables.findLast(isOf))?.[0] ?? path
}

/** The variable to correct: the one that set the path, or the one that would. */
function variableFor(path: string, given: typeof settingsVariables): string {
  const fills = ([, place]: (typeof settingsVariables)[number]) => place === path || place.startsWith(`${path}.`)
  return (given.findLast(fills) ?? (given.some(([, place]) => place === 'url') ? settingsVariables[0] : settingsVariables.findLast(fills)))?.[0] ?? path
}
