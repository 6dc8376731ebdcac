import { type SettingsIssue, SettingsError } from './settings-error.ts'
import { hideSecrets } from './hide-secrets.ts'
import { nodeTlsFault } from './node-tls.ts'
import { isPlainlyValid } from './plainly-valid.ts'
import { isRecord, normalise } from './normalise.ts'
import { readUrl } from './read-url.ts'
import { type SchemaIssue, settingsSchema } from './schema.ts'
import type { SmtpSettings } from './settings.ts'

/**
 * Reads settings from the canonical object, nodemailer's options, a posted admin form, or an `smtp://`, `smtps://` or
 * `smtp+starttls://` URL.
 *
 * @returns settings whose secrets are hidden when they are printed, inspected or serialised
 * @throws SettingsError with every issue and its path
 * @example
 * parseSettings('smtp://ada:secret@smtp.example.com')
 * parseSettings({ host: 'smtp.example.com', port: '587', username: 'ada', password: 'secret' })
 */
export function parseSettings(input: unknown): SmtpSettings {
  const { settings, issues } = readSettings(input)
  if (settings) return settings
  throw new SettingsError(issues)
}

/** The result of reading settings, valid or not. */
export interface ReadSettings {
  /** The input. */
  readonly raw: Readonly<Record<string, unknown>>
  /** The canonical shape, not validated. */
  readonly value: Readonly<Record<string, unknown>>
  /** Every issue. Empty if the settings are valid. */
  readonly issues: readonly SettingsIssue[]
  readonly settings?: SmtpSettings
}

export function readSettings(input: unknown): ReadSettings {
  const { raw, issues } = readInput(input)
  if (issues.length === 0 && isPlainlyValid(raw)) return { raw, value: raw, issues: [], settings: finished(raw) }
  const { value, issues: more } = normalise(raw)
  const found = [...issues, ...more]
  if (found.length === 0 && isPlainlyValid(value)) return { raw, value, issues: [], settings: finished(value) }
  const parsed = settingsSchema().safeParse(value)
  if (found.length === 0 && parsed.success) {
    const settings = parsed.data as SmtpSettings
    const fault = nodeTlsFault(settings.tls)
    if (!fault) return { raw, value, issues: [], settings: finished(settings) }
    found.push({ path: 'tls', message: fault })
  }
  // If the input could not be read, validating it would only repeat the issue.
  if (!parsed.success && (found.length === 0 || Object.keys(raw).length > 0)) found.push(...parsed.error.issues.flatMap(toIssues))
  return { raw, value, issues: found }
}

function readInput(input: unknown): ReturnType<typeof readObject> {
  if (typeof input !== 'string' && !(input instanceof URL)) return readObject(input)
  const text = String(input)
  return text.trimStart().startsWith('{') ? readJson(text) : readUrl(text)
}

/** Reads the output of `formatSettings`. */
function readJson(text: string): ReturnType<typeof readObject> {
  try {
    return readObject(JSON.parse(text))
  } catch {
    return { raw: {}, issues: [{ path: '', message: 'The settings should be valid JSON, or an smtp:// URL.' }] }
  }
}

function readObject(input: unknown): { readonly raw: Record<string, unknown>; readonly issues: SettingsIssue[] } {
  if (!isRecord(input)) {
    return { raw: {}, issues: [{ path: '', message: 'Settings should be an object with at least "host", or an smtp:// URL.' }] }
  }
  if (typeof input.url !== 'string' || input.url === '') return { raw: input, issues: [] }
  const { url, ...rest } = input as { readonly url: string }
  const read = readUrl(url)
  return { raw: over(read.raw, rest), issues: read.issues }
}

/** Single settings take precedence over a URL, value by value: a separate password keeps the user of the URL. */
function over(base: Record<string, unknown>, more: Record<string, unknown>): Record<string, unknown> {
  const nested = Object.entries(more).flatMap(([key, value]) => {
    const below = Object.hasOwn(base, key) ? base[key] : undefined
    return isRecord(value) && isRecord(below) ? [[key, { ...below, ...value }] as const] : []
  })
  return { ...base, ...more, ...Object.fromEntries(nested) }
}

function toIssues({ code, path, message, keys }: SchemaIssue): SettingsIssue[] {
  const at = path.map(String)
  if (code === 'unrecognized_keys' && keys) {
    return keys.map((key) => ({ path: [...at, key].join('.'), message: 'is not an option Postern knows; check its spelling.' }))
  }
  return [{ path: at.join('.'), message }]
}

/** A copy, so that later changes of the caller's object have no effect. */
function finished(settings: SmtpSettings): SmtpSettings {
  const copy: { -readonly [Name in keyof SmtpSettings]: SmtpSettings[Name] } = { ...settings }
  if (copy.auth) copy.auth = hideSecrets(copy.auth)
  if (copy.tls) copy.tls = hideSecrets(copy.tls)
  if (copy.candidates) copy.candidates = copy.candidates.map(({ port, security }) => ({ port, security }))
  return copy
}
