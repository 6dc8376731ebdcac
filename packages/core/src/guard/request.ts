import { isRecord } from '../settings/normalise.ts'

/** What a form may ask for. */
export interface CheckRequest {
  readonly settings: Readonly<Record<string, unknown>>
  /** Whether to connect. */
  readonly probe: boolean
  /** Whether to log in too, once. */
  readonly login: boolean
}

const words = (text: string): ReadonlySet<string> => new Set(text.split(' '))

/**
 * The names a posted body may have. Left out is what decides where and how safely a connection is made, which is the
 * operator's business: `policy`, `candidates`, `tls.rejectUnauthorized`, and `url` and `service`, which could say more
 * than they seem to.
 */
const known = {
  body: words('settings probe login'),
  settings: words(
    'host hostname server port security encryption secure requireTLS ignoreTLS auth user username login pass password ' +
      'accessToken token tls clientName name',
  ),
  auth: words('type user username login pass password accessToken token'),
  tls: words('ca servername minVersion'),
}

/** Reads a posted body; undefined for anything that should not be in one. */
export function readCheckRequest(body: unknown): CheckRequest | undefined {
  if (!hasOnly(body, known.body)) return undefined
  const { settings, probe = false, login = false } = body
  if (typeof probe !== 'boolean' || typeof login !== 'boolean') return undefined
  if (!hasOnly(settings, known.settings)) return undefined
  const { auth, tls } = settings
  if (isThere(auth) && !hasOnly(auth, known.auth)) return undefined
  if (isThere(tls) && !hasOnly(tls, known.tls)) return undefined
  return { settings, probe, login }
}

/** Own names, whatever they are: JSON can carry a key `__proto__`. */
function hasOnly(value: unknown, names: ReadonlySet<string>): value is Record<string, unknown> {
  return isRecord(value) && Reflect.ownKeys(value).every((key) => typeof key === 'string' && names.has(key))
}

/** A form leaves out what it has nothing for, in one way or another. */
function isThere(value: unknown): boolean {
  return value !== undefined && value !== null && value !== false && value !== ''
}
