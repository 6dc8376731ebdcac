import { findService } from '../providers/service.ts'
import { readAccount } from './account.ts'
import { toFingerprint } from './fingerprint.ts'
import type { Issue } from './issue.ts'
import { define } from './nested.ts'
import { isEmpty, isRecord } from './values.ts'

type Raw = Readonly<Record<string, unknown>>

/** Names that forms, environment files and libraries use instead of the canonical ones. */
const loginAliases: Readonly<Record<string, string>> = {
  username: 'user',
  login: 'user',
  password: 'pass',
  token: 'accessToken',
}
const aliases: Readonly<Record<string, string>> = {
  ...loginAliases,
  hostname: 'host',
  server: 'host',
  encryption: 'security',
  name: 'clientName',
}

/** Common spellings for each kind of security. `tls` means STARTTLS in forms that also have `ssl`. */
const securities: Readonly<Record<string, string | undefined>> = {
  starttls: 'starttls',
  tls: 'starttls',
  ssl: 'implicit',
  smtps: 'implicit',
  'ssl/tls': 'implicit',
  implicit: 'implicit',
  none: 'none',
  plain: 'none',
  false: 'none',
  '': undefined,
  auto: undefined,
  null: undefined,
}

/**
 * Options that are converted to `security`, `auth` and `host`, and options of nodemailer that do not affect how the server is
 * reached; the adapter handles those.
 */
const notTaken: ReadonlySet<string> = new Set(
  (
    'pool maxConnections maxMessages maxRequeues maxResponseSize rateDelta rateLimit idleTimeout connectionTimeout ' +
    'greetingTimeout socketTimeout socketCloseTimeout dnsTimeout logger debug transactionLog component localAddress proxy dkim ' +
    'authMethod customAuth forceAuth getSocket disableFileAccess disableUrlAccess attachDataUrls lmtp ' +
    'allowInternalNetworkInterfaces newline normalizeHeaderKey opportunisticTLS ' +
    'secure requireTLS ignoreTLS user pass accessToken service'
  ).split(' '),
)

/** Converts settings to the canonical shape. Unknown options are kept, and rejected by the schema. */
export function normalise(input: Raw): { readonly value: Record<string, unknown>; readonly issues: Issue[] } {
  const issues: Issue[] = []
  const raw = readAccount(renamed(input, aliases, issues, ''), issues)
  const { tls } = raw
  const value: Record<string, unknown> = {}
  for (const [key, one] of Object.entries(raw)) if (!notTaken.has(key)) define(value, key, one)

  value.host = host(raw, issues)
  value.port = asPort(raw.port)
  const candidates: unknown = raw.candidates
  if (Array.isArray(candidates)) value.candidates = candidates.map(candidate)
  value.security = security(raw, issues)
  value.auth = login(raw, issues)
  value.tls = isRecord(tls) ? tlsOf(tls) : tls
  if (isRecord(raw.policy)) value.policy = booleans(raw.policy, ['allowPort25'])
  return { value: dropEmpty(value) ?? {}, issues }
}

function renamed(input: Raw, names: Readonly<Record<string, string>>, issues: Issue[], at: string): Record<string, unknown> {
  const result: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(input)) {
    const name = (Object.hasOwn(names, key) && names[key]) || key
    if (Object.hasOwn(result, name) && result[name] !== value) {
      issues.push({ path: `${at}${key}`, code: 'conflict', values: { name } })
    }
    define(result, name, value)
  }
  return result
}

/** An explicit host takes precedence over the one of nodemailer's `service`. */
function host({ host, service }: Raw, issues: Issue[]): unknown {
  if (isEmpty(service)) return host
  const found = typeof service === 'string' ? findService(service) : undefined
  if (!found) issues.push({ path: 'service', code: 'service' })
  return isEmpty(host) ? found?.host : host
}

/** Converts nodemailer's `secure`, `requireTLS` and `ignoreTLS` to `security`. */
function security(raw: Raw, issues: Issue[]): unknown {
  const named = typeof raw.security === 'string' ? raw.security.trim().toLowerCase() : raw.security
  if (named !== undefined && named !== null && named !== false && named !== '') {
    return typeof named === 'string' && Object.hasOwn(securities, named) ? securities[named] : named
  }
  const [secure, requireTls, ignoreTls] = ['secure', 'requireTLS', 'ignoreTLS'].map((path) => flag(raw, path, issues))
  if (secure) return 'implicit'
  if (requireTls) return 'starttls'
  if (ignoreTls) return 'none'
  // `secure: false` is optional STARTTLS in nodemailer; Postern requires it. Without a port it has no meaning.
  return secure === false && raw.port !== undefined && raw.port !== '' ? 'starttls' : undefined
}

function flag(raw: Raw, path: string, issues: Issue[]): boolean | undefined {
  const value = asBoolean(raw[path])
  if (typeof value === 'boolean' || value === undefined || value === null) return value ?? undefined
  issues.push({ path, code: 'boolean' })
  return undefined
}

function login(raw: Raw, issues: Issue[]): unknown {
  const { auth } = raw
  if (auth !== undefined && auth !== null && auth !== false && !isRecord(auth)) return auth
  const named = { ...pick(raw, ['user', 'pass', 'accessToken']), ...(isRecord(auth) && renamed(auth, loginAliases, issues, 'auth.')) }
  // nodemailer's auth.type and auth.method select a mechanism; Postern selects one of those that the server offers.
  delete named.type
  delete named.method
  const unset = unsetPart(named)
  if (unset) issues.push(unset)
  return dropEmpty(named)
}

/** A part of a login that is named, but has no value: most often its environment variable is not set. */
function unsetPart(login: Raw): Issue | undefined {
  const hasUser = !isEmpty(login.user)
  if (hasUser === !(isEmpty(login.pass) && isEmpty(login.accessToken))) return undefined
  const name = (hasUser ? ['pass', 'accessToken'] : ['user']).find((part) => Object.hasOwn(login, part))
  return name === undefined ? undefined : { path: `auth.${name}`, code: login[name] === '' ? 'empty' : 'undefined' }
}

function pick(record: Raw, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(names.filter((name) => Object.hasOwn(record, name)).map((name) => [name, record[name]]))
}

function tlsOf(tls: Raw): Record<string, unknown> | undefined {
  const result = booleans(tls, ['rejectUnauthorized'])
  const fingerprints = result?.fingerprints
  if (!result || fingerprints === undefined) return result
  // Environment variables and URLs separate them with commas.
  const list: unknown = typeof fingerprints === 'string' ? fingerprints.split(/[,;\n]/).filter((one) => one.trim() !== '') : fingerprints
  result.fingerprints = Array.isArray(list) ? list.map((one: unknown) => toFingerprint(one) ?? one) : list
  return result
}

function candidate(one: unknown): unknown {
  return isRecord(one) ? { ...one, port: asPort(one.port) } : one
}

function asPort(value: unknown): unknown {
  if (typeof value !== 'string') return value
  const trimmed = value.trim()
  if (trimmed === '') return undefined
  return /^\d{1,5}$/.test(trimmed) ? Number(trimmed) : value
}

export function asBoolean(value: unknown): unknown {
  if (typeof value !== 'string') return value
  const word = value.trim()
  if (word === '') return undefined
  return /^(?:true|1|yes|on)$/i.test(word) || (/^(?:false|0|no|off)$/i.test(word) ? false : value)
}

function booleans(record: Raw, keys: readonly string[]): Record<string, unknown> | undefined {
  const result: Record<string, unknown> = { ...record }
  for (const key of keys) if (Object.hasOwn(result, key)) result[key] = asBoolean(result[key])
  return dropEmpty(result)
}

/** An empty form field counts as absent. */
function dropEmpty(record: Raw): Record<string, unknown> | undefined {
  let kept: Record<string, unknown> | undefined
  for (const [key, value] of Object.entries(record)) {
    if (!isEmpty(value)) define((kept ??= {}), key, value)
  }
  return kept
}
