import { isLoopback, SettingsError, type SettingsIssue } from '@postern/core'

/**
 * Checks that these options are non-empty strings.
 *
 * @throws SettingsError with one issue per option
 */
export function expectTexts(texts: Readonly<Record<string, unknown>>): void {
  const wrong = Object.entries(texts).filter(([, text]) => typeof text !== 'string' || text.trim() === '')
  if (wrong.length > 0) throw new SettingsError(wrong.map(([path, text]) => ({ path, message: missing(text) })))
}

function missing(text: unknown): string {
  return text === undefined || text === '' ? 'is missing. If it comes from an environment variable, is that set?' : 'should be a text.'
}

/**
 * Checks that a URL is https, or http on this machine: secrets are sent there.
 *
 * @throws SettingsError
 */
export function expectSecureUrl(path: string, url: string): void {
  if (!URL.canParse(url)) invalid({ path, message: 'should be a URL.' })
  const { protocol, hostname, username, password } = new URL(url)
  const isSecure = protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname.replace(/^\[|\]$/g, '')))
  if (!isSecure) invalid({ path, message: 'should be an https URL: a secret is sent there. Only this machine may have http.' })
  if (username || password) invalid({ path, message: 'should be a URL without a user and password.' })
}

/** @throws SettingsError */
export function invalid(issue: SettingsIssue): never {
  throw new SettingsError([issue])
}
