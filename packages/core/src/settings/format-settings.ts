import { withoutSecrets } from './hide-secrets.ts'
import type { SmtpSettings } from './settings.ts'

/** Options of `formatSettings`. */
export interface FormatSettingsOptions {
  /** Whether passwords, tokens and keys are printed. @default false */
  readonly secrets?: boolean | undefined
}

/**
 * Prints settings as JSON that `parseSettings` reads; with `secrets`, the result has the same settings. The format is not a
 * URL, because URLs rewrite IPv6 addresses and cannot hold a list of ports. Functions are omitted, and binary data (`tls.pfx`,
 * `tls.ALPNProtocols`) is not restored.
 *
 * @example
 * parseSettings(formatSettings(settings, { secrets: true })) // the same settings
 */
export function formatSettings(settings: SmtpSettings, { secrets = false }: FormatSettingsOptions = {}): string {
  const { auth, tls, ...rest } = settings
  const shown = (part: object) => (secrets ? { ...part } : withoutSecrets(part))
  return JSON.stringify({ ...rest, ...(auth && { auth: shown(auth) }), ...(tls && { tls: shown(inText(tls)) }) })
}

/** PEM certificates are text, even in a buffer. */
function inText(tls: object): object {
  return Object.fromEntries(Object.entries(tls).map(([name, value]) => [name, Array.isArray(value) ? value.map(textOf) : textOf(value)]))
}

function textOf(value: unknown): unknown {
  return value instanceof Uint8Array ? Buffer.from(value).toString() : value
}
