import type { Locale } from '../text/index.ts'
import { explainPart } from './explain-part.ts'
import { inAccount } from './account.ts'
import { hideSecrets } from './hide-secrets.ts'
import { type Issue, isIssueCode, settingsError } from './issue.ts'
import { nodeTlsFault } from './node-tls.ts'
import { nested } from './nested.ts'
import { isPlainlyValid } from './plainly-valid.ts'
import { normalise } from './normalise.ts'
import { isRecord } from './values.ts'
import { readUrl } from './read-url.ts'
import { type SchemaIssue, settingsSchema } from './schema.ts'
import type { SettingsError } from './settings-error.ts'
import type { SmtpSettings } from './settings.ts'

/** Options of `parseSettings` and `settingsFromEnv`. */
export interface ParseOptions {
  /** The language of the issues. @default 'en' */
  readonly locale?: Locale | undefined
}

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
export function parseSettings(input: unknown, { locale = 'en' }: ParseOptions = {}): SmtpSettings {
  const read = readSettings(input)
  if (read.settings) return read.settings
  throw errorOf(read, locale)
}

/** The error for invalid settings. Its paths are those of the input. */
export function errorOf({ raw, issues }: ReadSettings, locale?: Locale): SettingsError {
  return settingsError(issues.map((issue) => inAccount(issue, raw)), locale)
}

/** The result of reading settings, valid or not. */
export interface ReadSettings {
  /** The input. */
  readonly raw: Readonly<Record<string, unknown>>
  /** The canonical shape, not validated. */
  readonly value: Readonly<Record<string, unknown>>
  /** Every issue. Empty if the settings are valid. */
  readonly issues: readonly Issue[]
  /** What other programs may read differently in a valid URL. */
  readonly hint?: Issue | undefined
  readonly settings?: SmtpSettings
}

export function readSettings(input: unknown): ReadSettings {
  const { raw, issues, hint } = readInput(input)
  if (issues.length === 0 && isPlainlyValid(raw)) return { raw, value: raw, issues: [], hint, settings: finished(raw) }
  const { value, issues: more } = normalise(raw)
  const found = [...issues, ...more]
  if (found.length === 0 && isPlainlyValid(value)) return { raw, value, issues: [], hint, settings: finished(value) }
  const parsed = settingsSchema().safeParse(value)
  if (found.length === 0 && parsed.success) {
    const settings = parsed.data as SmtpSettings
    const code = nodeTlsFault(settings.tls)
    if (!code) return { raw, value, issues: [], hint, settings: finished(settings) }
    found.push({ path: 'tls', code: 'tls-options', values: { code } })
  }
  // If the input could not be read, validating it would only repeat the issue.
  if (!parsed.success && (found.length === 0 || Object.keys(raw).length > 0)) {
    found.push(...parsed.error.issues.flatMap((issue) => toIssues(issue, value)).filter(({ path }) => !isAbout(path, found)))
  }
  return { raw, value, issues: found }
}

/** Whether there is an issue with this value or a part of it already. */
function isAbout(path: string, issues: readonly Issue[]): boolean {
  return issues.some((issue) => issue.path === path || issue.path.startsWith(`${path}.`))
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
    return { raw: {}, issues: [{ path: '', code: 'json' }] }
  }
}

function readObject(input: unknown): ReturnType<typeof readUrl> {
  if (!isRecord(input)) return { raw: {}, issues: [{ path: '', code: 'settings' }] }
  const given = Object.keys(input).some((name) => name.includes('.')) ? nested(input) : input
  if (typeof given.url !== 'string' || given.url === '') return { raw: given, issues: [] }
  const { url, ...rest } = given as { readonly url: string }
  const { raw, ...read } = readUrl(url)
  return { raw: over(raw, rest), ...read }
}

/** Single settings take precedence over a URL, value by value: a separate password keeps the user of the URL. */
function over(base: Record<string, unknown>, more: Record<string, unknown>): Record<string, unknown> {
  const nested = Object.entries(more).flatMap(([key, value]) => {
    const below = Object.hasOwn(base, key) ? base[key] : undefined
    return isRecord(value) && isRecord(below) ? [[key, { ...below, ...value }] as const] : []
  })
  return { ...base, ...more, ...Object.fromEntries(nested) }
}

function toIssues({ code, path, message, keys }: SchemaIssue, value: ReadSettings['value']): Issue[] {
  const at = path.map(String)
  if (code === 'unrecognized_keys' && keys) return keys.map((key) => ({ path: [...at, key].join('.'), code: 'unknown-option' }))
  const issue: Issue = { path: at.join('.'), code: isIssueCode(message) ? message : 'invalid' }
  return [explainPart(issue, valueAt(value, at))]
}

function valueAt(value: unknown, path: readonly string[]): unknown {
  return path.reduce((part: unknown, key) => (Object.hasOwn(Object(part) as object, key) ? (part as Record<string, unknown>)[key] : undefined), value)
}

/** A copy, so that later changes of the caller's object have no effect. */
function finished(settings: SmtpSettings): SmtpSettings {
  const copy: { -readonly [Name in keyof SmtpSettings]: SmtpSettings[Name] } = { ...settings }
  if (copy.auth) copy.auth = hideSecrets(copy.auth)
  if (copy.tls) copy.tls = hideSecrets(copy.tls)
  if (copy.candidates) copy.candidates = copy.candidates.map(({ port, security }) => ({ port, security }))
  return copy
}
