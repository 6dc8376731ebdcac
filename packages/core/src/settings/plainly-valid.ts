import { isClientName } from '../client-name.ts'
import { canonicalFingerprint, MOST_FINGERPRINTS } from './fingerprint.ts'
import { certificateText, isHost, LONGEST_TEXT, printable } from './formats.ts'
import type { SmtpSettings } from './settings.ts'

type Check = (value: unknown) => boolean

/**
 * Whether settings have only common options with valid values. Then the schema, which takes some milliseconds to create, is
 * not needed. `false` does not mean that they are invalid. A test compares the result with the schema.
 */
export function isPlainlyValid(value: Readonly<Record<string, unknown>>): value is Readonly<Record<string, unknown>> & SmtpSettings {
  return isRecord(value) && Object.hasOwn(value, 'host') && every(value, settings)
}

/** ASCII only, because most texts are and V8 compiles Unicode classes slowly. */
const ascii = /^[ -~]*$/
const isText: Check = (value) => typeof value === 'string' && value.length > 0 && value.length <= LONGEST_TEXT && (ascii.test(value) || printable.test(value))
const isPort: Check = (value) => Number.isInteger(value) && (value as number) >= 1 && (value as number) <= 65_535
const isSecurity: Check = (value) => value === 'starttls' || value === 'implicit' || value === 'none'
const isCertificate: Check = (value) => (typeof value === 'string' ? value.includes('-----BEGIN CERTIFICATE-----') || certificateText.test(value) : value instanceof Uint8Array)
const isFingerprint: Check = (value) => typeof value === 'string' && canonicalFingerprint.test(value)
const isSecret: Check = (value) => typeof value === 'function' || isText(value)
const isBoolean: Check = (value) => typeof value === 'boolean'

const login: Readonly<Record<string, Check>> = { user: isText, pass: isSecret, accessToken: isSecret }

const tls: Readonly<Record<string, Check>> = {
  ca: (value) => (Array.isArray(value) ? value.every(isCertificate) : isCertificate(value)),
  fingerprints: (value) => Array.isArray(value) && value.length > 0 && value.length <= MOST_FINGERPRINTS && value.every(isFingerprint),
  servername: (value) => typeof value === 'string' && isHost(value),
  minVersion: isVersion,
  maxVersion: isVersion,
  rejectUnauthorized: isBoolean,
}

const candidate: Readonly<Record<string, Check>> = { port: isPort, security: isSecurity }

const settings: Readonly<Record<string, Check>> = {
  host: (value) => typeof value === 'string' && isHost(value),
  port: isPort,
  security: isSecurity,
  auth: (value) => isRecord(value) && 'user' in value && ('pass' in value) !== ('accessToken' in value) && every(value, login),
  tls: (value) => isRecord(value) && every(value, tls),
  clientName: (value) => typeof value === 'string' && isClientName(value),
  candidates: (value) =>
    Array.isArray(value) && value.length > 0 && value.length <= 16 && value.every((one: unknown) => isRecord(one) && 'port' in one && 'security' in one && every(one, candidate)),
}

function every(value: Readonly<Record<string, unknown>>, checks: Readonly<Record<string, Check>>): boolean {
  for (const name of Object.keys(value)) if (!Object.hasOwn(checks, name) || !checks[name]!(value[name])) return false
  return true
}

function isVersion(value: unknown): boolean {
  return value === 'TLSv1.2' || value === 'TLSv1.3'
}

/** Whether a value is a plain object. Instances of classes are left to the schema. */
function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
