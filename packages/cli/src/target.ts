import { type Locale, parseSettings, SettingsError, type SettingsIssue, type SmtpSettings } from '@postern/core'
import { UsageError } from './usage-error.ts'

/** An argument, in the form that `parseSettings` reads, and the parts of its login. */
export interface Target {
  readonly raw: Readonly<Record<string, unknown>>
  readonly user: string | undefined
  readonly hasPassword: boolean
}

/** Reads a host, a host with a port, an e-mail address or a URL. Whether it is valid is up to `parseTarget`. */
export function readTarget(target: string): Target {
  if (target.includes('://')) return readUrl(target)
  const [, address, name, port] = hostAndPort.exec(target) ?? []
  if (port !== undefined) return { raw: { host: address ?? name, port: Number(port) }, user: undefined, hasPassword: false }
  return { raw: { account: target }, user: target.includes('@') ? target : undefined, hasPassword: false }
}

/** `smtp.example.com:587`, `[2001:db8::1]:587` */
const hostAndPort = /^(?:\[([^\]]+)\]|([^:@/]+)):(\d+)$/

function readUrl(target: string): Target {
  const url = URL.canParse(target) ? new URL(target) : undefined
  const hasPassword = url !== undefined && (url.password !== '' || url.searchParams.has('auth.pass') || url.searchParams.has('auth.accessToken'))
  return { raw: { url: target }, user: url?.username || undefined, hasPassword }
}

/** @throws UsageError for an argument that names no server */
export function parseTarget(raw: unknown, locale: Locale): SmtpSettings {
  try {
    return parseSettings(raw, { locale })
  } catch (error) {
    if (!SettingsError.isInstance(error)) throw error
    // The first issue explains the others. It has no secret.
    throw new UsageError('target-invalid', { issue: describeIssue(error.issues[0]!) })
  }
}

/** A message that is no sentence follows its path. */
export function describeIssue({ path, message }: SettingsIssue): string {
  return /^\p{Lu}/u.test(message) ? message : `${path} ${message}`
}
