import { createHmac } from 'node:crypto'
import { SmtpError } from '../failure/smtp-error.ts'
import { redact } from '../settings/redact.ts'
import type { Credentials, LoginSettings } from '../settings/settings.ts'
import type { Reply } from './reply.ts'

/** One SASL mechanism: what to say with the command, and what to answer to each challenge. */
interface Mechanism {
  readonly fits: (auth: LoginSettings) => boolean
  readonly initial?: (auth: Credentials) => string
  /** One answer a challenge, in order; a challenge beyond them is one too many. */
  readonly answers: readonly ((auth: Credentials, challenge: Buffer) => string)[]
}

const hasPassword = (auth: LoginSettings) => 'pass' in auth
const hasToken = (auth: LoginSettings) => 'accessToken' in auth
export const secretOf = (auth: Credentials) => ('pass' in auth ? auth.pass : auth.accessToken)
const plain = (auth: Credentials) => `\0${auth.user}\0${secretOf(auth)}`
/** The server has put its reason into a challenge; an empty answer brings the final reply (RFC 7628 §3.2.3). */
const dismiss = () => ''

/** In order of preference. */
const mechanisms: Readonly<Record<string, Mechanism>> = {
  // RFC 4616. A server that overlooks the initial response asks for it again.
  PLAIN: { fits: hasPassword, initial: plain, answers: [plain] },
  // Prompts vary from server to server and are not read.
  LOGIN: { fits: hasPassword, answers: [(auth) => auth.user, secretOf] },
  'CRAM-MD5': {
    fits: hasPassword,
    answers: [
      (auth, challenge) => `${auth.user} ${createHmac('md5', secretOf(auth)).update(challenge).digest('hex')}`,
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

/** A login that was accepted. */
export interface LoginResult {
  /** The SASL mechanism: `PLAIN`. */
  readonly mechanism: string
}

/**
 * A login, as a conversation that yields what to send and is given the reply to it. It knows nothing of sockets, so
 * that the probe and nodemailer can both hold it. The mechanism is chosen from the server's offer, and nothing is sent
 * that was not offered.
 *
 * @param offered the parameters of the server's `AUTH` capability over TLS, or `undefined` without one
 * @throws SmtpError `auth-not-offered`, `auth-mechanism`, `auth-rejected`, `auth-temporary`, `protocol-error`
 */
export function* loginDialogue(
  auth: Credentials,
  offered: readonly string[] | undefined,
): Generator<string, LoginResult, Reply> {
  const name = chooseMechanism(auth, offered)
  const { initial, answers } = mechanisms[name]!
  let reply = yield initial ? `AUTH ${name} ${base64(initial(auth))}` : `AUTH ${name}`
  for (const answer of answers) {
    if (reply.code !== 334) break
    const challenge = Buffer.from(reply.lines[0] ?? '', 'base64')
    reply = yield base64(answer(auth, challenge))
  }
  if (reply.code === 235) return { mechanism: name }
  const values = { mechanisms: shown(offered ?? [], auth) }
  throw new SmtpError({ code: refusal(reply), replyCode: reply.code, enhancedCode: reply.enhancedCode, values })
}

/**
 * The mechanism a login would be made with.
 *
 * @throws SmtpError `auth-not-offered`, `auth-mechanism`
 */
export function chooseMechanism(auth: LoginSettings, offered: readonly string[] | undefined): string {
  if (!offered || offered.length === 0) throw new SmtpError({ code: 'auth-not-offered' })
  const names = new Set(offered.map((name) => name.toUpperCase()))
  const name = Object.keys(mechanisms).find((name) => names.has(name) && mechanisms[name]!.fits(auth))
  if (!name) throw new SmtpError({ code: 'auth-mechanism', values: { mechanisms: shown(offered, auth) } })
  return name
}

/** RFC 4954 §6. A relay that is down is a 4yz, 421 among them, and says nothing about the password. */
function refusal({ code }: Reply) {
  if (code >= 500) return code === 504 ? 'auth-mechanism' : 'auth-rejected'
  return code >= 400 ? 'auth-temporary' : 'protocol-error'
}

function base64(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64')
}

/** The server's words, made safe to show: mechanism names are letters, digits, hyphen, underscore (RFC 4422 §3.1). */
function shown(offered: readonly string[], auth: LoginSettings): string {
  const names = offered.filter((name) => /^[A-Z0-9_-]{1,20}$/i.test(name)).slice(0, 8)
  return redact(names.join(', '), auth) || '?'
}
