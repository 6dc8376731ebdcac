import { nested } from '../settings/nested.ts'
import { SettingsError } from '../settings/settings-error.ts'
import { isRecord } from '../settings/values.ts'
import { readSenderCheck, type SenderAndRecipient, type SenderCheck } from '../smtp/sender-check.ts'

/** The request for a settings check. */
export interface CheckRequest {
  readonly settings: Readonly<Record<string, unknown>>
  /** Whether to connect. */
  readonly probe: boolean
  /** Whether to log in as well, once. */
  readonly login: boolean
  /** The sender to ask for after the login, with the recipient. */
  readonly sender: SenderAndRecipient | undefined
}

const words = (text: string): ReadonlySet<string> => new Set(text.split(' '))

/**
 * The names that a posted body may contain. Options that decide where and how securely to connect are for the operator alone:
 * `policy`, `candidates`, `tls.rejectUnauthorized`, and also `url` and `service`, which can contain such options.
 */
const known = {
  body: words('settings probe login checkSender'),
  settings: words(
    'account host hostname server port security encryption secure requireTLS ignoreTLS auth user username login pass password ' +
      'accessToken token tls clientName name',
  ),
  auth: words('type user username login pass password accessToken token'),
  tls: words('ca fingerprints servername minVersion'),
  sender: words('from to'),
}

/** Reads a posted body. Undefined if it has other names or types. */
export function readCheckRequest(body: unknown): CheckRequest | undefined {
  if (!hasOnly(body, known.body)) return undefined
  const { settings: flat, probe = false, login = false, checkSender } = body
  if (typeof probe !== 'boolean' || typeof login !== 'boolean') return undefined
  if (!isRecord(flat)) return undefined
  // The fields of a form have names such as `auth.user`.
  const settings = nested(flat)
  if (!hasOnly(settings, known.settings)) return undefined
  const { auth, tls } = settings
  if (isThere(auth) && !hasOnly(auth, known.auth)) return undefined
  if (isThere(tls) && !hasOnly(tls, known.tls)) return undefined
  if (!isThere(checkSender)) return { settings, probe, login, sender: undefined }
  const sender = senderIn(checkSender)
  // Without a probe there is no server to ask.
  return sender && probe ? { settings, probe, login, sender } : undefined
}

function senderIn(given: unknown): SenderAndRecipient | undefined {
  if (typeof given !== 'string' && !hasOnly(given, known.sender)) return undefined
  try {
    return readSenderCheck(given as SenderCheck)
  } catch (error) {
    if (SettingsError.isInstance(error)) return undefined
    throw error
  }
}

/** The own keys; JSON can contain a key `__proto__`. */
function hasOnly(value: unknown, names: ReadonlySet<string>): value is Record<string, unknown> {
  return isRecord(value) && Reflect.ownKeys(value).every((key) => typeof key === 'string' && names.has(key))
}

/** Whether a form field is empty: undefined, null or an empty text. */
function isThere(value: unknown): boolean {
  return value !== undefined && value !== null && value !== false && value !== ''
}
