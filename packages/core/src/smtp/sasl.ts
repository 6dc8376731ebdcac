import { createHmac } from 'node:crypto'
import { refusalFacts } from '../failure/refusal.ts'
import { SmtpError } from '../failure/smtp-error.ts'
import { providerOfHost } from '../providers/lookup.ts'
import { redact } from '../settings/redact.ts'
import type { Credentials, LoginSettings } from '../settings/settings.ts'
import type { Reply } from './reply.ts'

/** A SASL mechanism: its initial response and its answers to the challenges. */
interface Mechanism {
  readonly fits: (auth: LoginSettings) => boolean
  readonly initial?: (auth: Credentials) => string
  /** One answer per challenge, in order; `undefined` if the challenge is not base64. A further challenge ends the login. */
  readonly answers: readonly ((auth: Credentials, challenge: string) => string | undefined)[]
}

const hasPassword = (auth: LoginSettings) => 'pass' in auth
const hasToken = (auth: LoginSettings) => 'accessToken' in auth
export const secretOf = (auth: Credentials) => ('pass' in auth ? auth.pass : auth.accessToken)
const plain = (auth: Credentials) => `\0${auth.user}\0${secretOf(auth)}`
/** The challenge contains the reason for a refusal; the server sends its final reply after an empty answer (RFC 7628 §3.2.3). */
const dismiss = () => ''

/** In order of preference. */
export const mechanisms: Readonly<Record<string, Mechanism>> = {
  // RFC 4616. A server that ignores the initial response asks for it with a challenge.
  PLAIN: { fits: hasPassword, initial: plain, answers: [plain] },
  // The prompts differ between servers and are ignored.
  LOGIN: { fits: hasPassword, answers: [(auth) => auth.user, secretOf] },
  'CRAM-MD5': {
    fits: hasPassword,
    answers: [
      (auth, challenge) => {
        const bytes = decoded(challenge)
        return bytes && `${auth.user} ${createHmac('md5', secretOf(auth)).update(bytes).digest('hex')}`
      },
    ],
  },
  XOAUTH2: {
    fits: hasToken,
    initial: (auth) => `user=${auth.user}\u0001auth=Bearer ${secretOf(auth)}\u0001\u0001`,
    answers: [dismiss],
  },
  // RFC 7628 §3.1
  OAUTHBEARER: {
    fits: hasToken,
    initial: (auth) =>
      `n,a=${auth.user.replaceAll('=', '=3D').replaceAll(',', '=2C')},\u0001auth=Bearer ${secretOf(auth)}\u0001\u0001`,
    answers: [() => '\u0001'],
  },
}

/** The longest command, without CR LF (RFC 5321 §4.5.3.1.4). */
const MAX_COMMAND = 510

/** Ends a login whose challenge is not base64 (RFC 4954 §4). */
const CANCEL = '*'

/** A login that was accepted. */
export interface LoginResult {
  /** The SASL mechanism: `PLAIN`. */
  readonly mechanism: string
}

/**
 * A login as a generator that yields each line to send and receives the server's reply. It has no socket, so that sessions
 * and `createSaslLogin` can share it. Only a mechanism that the server offers is used.
 *
 * @param offered the mechanisms of the server's `AUTH` capability over TLS; `undefined` if it has none
 * @param host the server, whose provider decides what a refusal means
 * @throws SmtpError `auth-not-offered`, `auth-mechanism`, `auth-rejected`, `auth-temporary`, `rate-limited`, `protocol-error`
 */
export function* loginDialogue(
  auth: Credentials,
  offered: readonly string[] | undefined,
  host: string,
): Generator<string, LoginResult, Reply> {
  const name = chooseMechanism(auth, offered)
  const { initial, answers } = mechanisms[name]!
  const response = initial ? ` ${base64(initial(auth))}` : ''
  const command = `AUTH ${name}`
  // A response for which the command has no room is sent after an empty challenge (RFC 4954 §4). Access tokens are often that long.
  const isTooLong = command.length + response.length > MAX_COMMAND
  let reply = yield isTooLong ? command : `${command}${response}`
  if (isTooLong && reply.code === 334) reply = yield response.trimStart()
  for (const answer of answers) {
    if (reply.code !== 334) break
    const text = answer(auth, reply.lines[0] ?? '')
    reply = yield text === undefined ? CANCEL : base64(text)
    if (text === undefined) throw new SmtpError({ code: 'protocol-error' })
  }
  if (reply.code === 235) return { mechanism: name }
  throw new SmtpError({ ...refusedLogin(auth, reply, host), values: { mechanisms: mechanismNames(offered ?? [], auth) } })
}

/**
 * Chooses the mechanism for a login.
 *
 * @throws SmtpError `auth-not-offered`, `auth-mechanism`
 */
export function chooseMechanism(auth: LoginSettings, offered: readonly string[] | undefined): string {
  if (!offered || offered.length === 0) throw new SmtpError({ code: 'auth-not-offered' })
  const names = new Set(offered.map((name) => name.toUpperCase()))
  const name = Object.keys(mechanisms).find((name) => names.has(name) && mechanisms[name]!.fits(auth))
  if (!name) throw new SmtpError({ code: 'auth-mechanism', values: { mechanisms: mechanismNames(offered, auth) } })
  return name
}

/** The cause of a reply that does not accept a login. */
export function refusedLogin(auth: LoginSettings | undefined, reply: Reply, host: string): SmtpError['facts'] {
  const provider = providerOfHost(host)
  const kinds = provider?.login.kinds ?? []
  const login = { isToken: auth !== undefined && hasToken(auth), kinds, ...(kinds.length > 0 && { provider: provider?.name }) }
  return refusalFacts(refusal(reply), reply, 'auth', { login })
}

/** RFC 4954 §6. A 4yz reply, 421 included, means a temporary problem and says nothing about the password. */
function refusal({ code }: Reply) {
  if (code >= 500) return code === 504 ? 'auth-mechanism' : 'auth-rejected'
  return code >= 400 ? 'auth-temporary' : 'protocol-error'
}

function base64(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64')
}

/** `undefined` for text that is not base64. Node would ignore foreign characters. */
function decoded(challenge: string): Buffer | undefined {
  const bytes = Buffer.from(challenge, 'base64')
  return bytes.toString('base64') === challenge ? bytes : undefined
}

/** The offered mechanisms, sanitised: names contain only letters, digits, hyphen and underscore (RFC 4422 §3.1). */
function mechanismNames(offered: readonly string[], auth: LoginSettings): string {
  const names = offered.filter((name) => /^[A-Z0-9_-]{1,20}$/i.test(name)).slice(0, 8)
  return redact(names.join(', '), auth) || '?'
}
