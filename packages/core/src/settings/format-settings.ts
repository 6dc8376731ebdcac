import { withoutSecrets } from './hide-secrets.ts'
import type { SmtpSettings } from './settings.ts'

/** How settings are printed. */
export interface FormatSettingsOptions {
  /** Whether passwords, tokens and keys are printed. @default false */
  readonly secrets?: boolean | undefined
}

/**
 * Prints settings as JSON, which `parseSettings` reads back, with secrets to the same settings. JSON and not a URL: a
 * URL rewrites IPv6 addresses and has no place for a list of ports. Functions are left out, as JSON has none, and bytes that
 * are no text (`tls.pfx`, `tls.ALPNProtocols`) do not come back as they were.
 *
 * @example
 * parseSettings(formatSettings(settings, { secrets: true })) // the same settings
 */
export function formatSettings(settings: SmtpSettings, { secrets = false }: FormatSettingsOptions = {}): string {
  const { auth, tls, ...rest } = settings
  const shown = (part: object) => (secrets ? { ...part } : withoutSecrets(part))
  return JSON.stringify({ ...rest, ...(auth && { auth: shown(auth) }), ...(tls && { tls: shown(inText(tls)) }) })
}

/** Certificates in PEM are text, also where they come as bytes. */
function inText(tls: object): object {
  return Object.fromEntries(Object.entries(tls).map(([name, value]) => [name, Array.isArray(value) ? value.map(textOf) : textOf(value)]))
}

function textOf(value: unknown): unknown {
  return value instanceof Uint8Array ? Buffer.from(value).toString() : value
}
