import { HIDDEN } from './hide-secrets.ts'
import type { SmtpSettings } from './settings.ts'

/** How settings are printed. */
export interface FormatSettingsOptions {
  /** Whether the password or access token is printed. @default false */
  readonly secrets?: boolean | undefined
}

/**
 * Prints settings as JSON, which `parseSettings` reads back, with secrets to the same settings. JSON and not a URL: a
 * URL rewrites IPv6 addresses and has no place for a list of ports.
 *
 * @example
 * parseSettings(formatSettings(settings, { secrets: true })) // the same settings
 */
export function formatSettings(settings: SmtpSettings, { secrets = false }: FormatSettingsOptions = {}): string {
  const { auth, tls, ...rest } = settings
  const login = auth && { ...auth, ...(!secrets && ('pass' in auth ? { pass: HIDDEN } : { accessToken: HIDDEN })) }
  return JSON.stringify({
    ...rest,
    ...(login && { auth: login }),
    ...(tls && { tls: { ...tls, ...(tls.ca !== undefined && { ca: inText(tls.ca) }) } }),
  })
}

/** Certificates in PEM are text, also where they come as bytes. */
function inText(ca: NonNullable<NonNullable<SmtpSettings['tls']>['ca']>): string | string[] {
  return typeof ca === 'string' || ca instanceof Uint8Array ? textOf(ca) : ca.map(textOf)
}

function textOf(pem: string | Uint8Array): string {
  return typeof pem === 'string' ? pem : Buffer.from(pem).toString()
}
