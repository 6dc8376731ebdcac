import { isLoopback } from '../cleartext.ts'
import { type Clock, systemClock } from '../clock.ts'
import { planEndpoints } from '../policy.ts'
import { providerOfHost } from '../providers/lookup.ts'
import { securityAt } from '../providers/provider.ts'
import { findService } from '../providers/service.ts'
import { isRecord } from '../settings/values.ts'
import { errorOf, type ReadSettings, readSettings } from '../settings/parse.ts'
import { type Issue, isIssueCode, valuesOf } from '../settings/issue.ts'
import type { SmtpSettings } from '../settings/settings.ts'
import { format } from '../text/format.ts'
import { type Locale, textsFor } from '../text/index.ts'
import { missingFrom } from './auth-rules.ts'
import type { Finding, Severity } from './finding.ts'
import type { Subject } from './rule.ts'
import { ruleTable } from './rule-table.ts'
import { isOptionalSecurity, outdatedVersion } from './tls-rules.ts'

/** Options of `checkSettings`. */
export interface CheckOptions {
  /** The language of the findings. @default 'en' */
  readonly locale?: Locale | undefined
  /** The current date, for findings that depend on it. Default: the system clock. */
  readonly clock?: Pick<Clock, 'now'> | undefined
}

/**
 * Checks settings without opening a connection: ports, encryption, certificate, login, and the provider's documentation.
 * Accepts parsed settings and any input of `parseSettings`; errors in such input become findings where a rule covers them.
 *
 * @returns the findings, errors first
 * @throws SettingsError for errors that no rule covers, such as a misspelt option
 * @example
 * checkSettings({ host: 'smtp.example.com', port: 587, secure: true })[0].code // 'security-mismatch'
 */
export function checkSettings(input: unknown, options: CheckOptions = {}): Finding[] {
  const read = readSettings(input)
  if (!isUnderstood(read)) throw errorOf(read, options.locale)
  return findingsOf(read, options)
}

/** Whether every issue of the settings is also reported by a rule. */
export function isUnderstood(read: ReadSettings): boolean {
  return read.issues.every((issue) => isCovered(issue, read))
}

/**
 * The findings for settings, valid or not; errors first.
 *
 * @param host replaces the host name in the texts, where nothing may be repeated from the settings
 */
export function findingsOf(read: ReadSettings, { locale = 'en', clock = systemClock }: CheckOptions, host?: string): Finding[] {
  const subject = { ...subjectOf(read), now: clock.now() }
  const texts = textsFor(locale)
  const findings = ruleTable(texts).flatMap(({ code, references, check }): Finding[] => {
    const found = check(subject)
    if (!found) return []
    const { severity, issue, text = issue && !isIssueCode(issue.code) ? issue.code : code } = found
    const { message, advice } = texts.findings[text]
    const shownIssue = host === undefined ? issue : issue && { ...issue, suggestion: undefined }
    const values = { ...found.values, ...(shownIssue && valuesOf(shownIssue, texts)), ...(host !== undefined && { host }) }
    return [{ code, severity, message: format(message, values), advice: format(advice, values), references }]
  })
  return errorsFirst(findings)
}

export function errorsFirst(findings: readonly Finding[]): Finding[] {
  return findings.toSorted((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity))
}

const order: readonly Severity[] = ['error', 'warning', 'info']

/** Whether a rule reports the same problem as this issue of the schema. */
function isCovered({ path, code }: Issue, { raw, value }: ReadSettings): boolean {
  if (path === 'host' || !isIssueCode(code)) return true
  if (/^tls\.m..Version$/.test(path)) return isRecord(value.tls) && outdatedVersion(value.tls[path.slice(4)]) !== undefined
  if (path === 'security') return isOptionalSecurity(raw.security ?? raw.encryption)
  return missingFrom(value.auth).includes(path)
}

function subjectOf(read: ReadSettings): Omit<Subject, 'now'> {
  const settings = read.settings ?? usable(read)
  const { host, port, candidates } = settings
  const { raw, value } = read
  const provider = host === undefined ? undefined : providerOfHost(host)
  const given =
    port === undefined ? (candidates ?? []) : [{ port, security: settings.security ?? securityAt(provider, port) }]
  return {
    raw: { security: raw.encryption, ...raw },
    settings,
    auth: value.auth,
    given,
    first: given[0]?.port ?? (host === undefined ? undefined : planEndpoints({ ...settings, host })[0]?.port),
    provider,
    service: typeof raw.service === 'string' ? findService(raw.service) : undefined,
    local: host !== undefined && isLoopback(host),
    issues: read.issues,
    url: read.hint ?? read.issues.find(({ code }) => code.startsWith('url-')),
  }
}

/** The settings without the parts that have an issue. */
function usable({ value, issues }: ReadSettings): Partial<SmtpSettings> {
  const wrong = new Set(issues.map(({ path }) => path.split('.')[0]))
  return Object.fromEntries(Object.entries(value).filter(([key]) => !wrong.has(key)))
}
