import { allowsCleartext } from '../cleartext.ts'
import { asBoolean } from '../settings/normalise.ts'
import { isRecord } from '../settings/values.ts'
import type { Found, Subject } from './rule.ts'

/** Values that mean "encrypt if the server offers it". */
const optionalSecurity: ReadonlySet<unknown> = new Set([
  'opportunistic',
  'optional',
  'may',
  'starttls-optional',
  'if-available',
])

export function starttlsOptional({ raw, settings, local }: Subject): Found | undefined {
  const option =
    (asBoolean(raw.opportunisticTLS) === true && 'opportunisticTLS') ||
    (asBoolean(raw.ignoreTLS) === true && !local && 'ignoreTLS') ||
    (asBoolean(raw.requireTLS) === false && settings.security !== 'implicit' && !local && 'requireTLS: false') ||
    (isOptionalSecurity(raw.security) && `security: "${String(raw.security)}"`)
  return option ? { severity: 'warning', values: { option } } : undefined
}

export function isOptionalSecurity(value: unknown): boolean {
  return typeof value === 'string' && optionalSecurity.has(value.toLowerCase())
}

export function cleartext(subject: Subject): Found | undefined {
  if (!isClear(subject)) return undefined
  const { host = '', policy } = subject.settings
  return { severity: allowsCleartext({ host, policy }) ? 'warning' : 'error', values: { host } }
}

export function cleartextAuth(subject: Subject): Found | undefined {
  return isClear(subject) && subject.auth ? { severity: 'error', values: { host: subject.settings.host } } : undefined
}

export function certificateUnchecked({ settings, local }: Subject): Found | undefined {
  if (settings.tls?.rejectUnauthorized !== false || settings.tls.fingerprints) return undefined
  return { severity: local ? 'info' : 'warning', values: { host: settings.host } }
}

export function tlsOutdated({ raw }: Subject): Found | undefined {
  const tls = isRecord(raw.tls) ? raw.tls : {}
  const version = [tls.minVersion, tls.maxVersion, tls.secureProtocol].map(outdatedVersion).find(Boolean)
  return version ? { severity: 'error', values: { version } } : undefined
}

/** The display name of an outdated version. Accepts `TLSv1`, `TLSv1.1`, `SSLv3` and Node's `TLSv1_1_method`. */
export function outdatedVersion(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined
  const [, name, minor] = /^(TLSv1|SSLv[23])(?:[._]([01]))?(?:_(?:client_)?method)?$/i.exec(value) ?? []
  return name && (name.toUpperCase().startsWith('SSL') ? `SSL ${name.at(-1)}.0` : `TLS 1.${minor ?? 0}`)
}

/** Whether mail would be sent unencrypted. On this machine that counts only if the policy says `never`. */
function isClear({ given, settings, local }: Subject): boolean {
  if (local && settings.policy?.allowCleartext !== 'never') return false
  return settings.security === 'none' || given.some(({ security }) => security === 'none')
}
