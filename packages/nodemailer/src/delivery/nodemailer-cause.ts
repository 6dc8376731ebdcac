import { type Attempt, type Diagnosis, type Failure, NoUsableEndpointError } from '@postern/core'
import type { NodemailerError } from 'nodemailer'
import { isPermanent } from './rejected-error.ts'

/** nodemailer's error code for each failure and diagnosis. The first matching pattern applies. */
const codes: readonly (readonly [failure: RegExp, code: string])[] = [
  [/^auth-required$/, 'EENVELOPE'],
  [/^dns-/, 'EDNS'],
  [/^auth-/, 'EAUTH'],
  [/^(?:starttls-(?!expected)|no-secure-port$)/, 'ETLS'],
  [/^(?:connect-timeout|greeting-timeout|reply-timeout|deadline|network-blocks-smtp)$/, 'ETIMEDOUT'],
  [/^(?:connect-refused|network-unreachable|nothing-listens)$/, 'ESOCKET'],
  [/^(?:certificate-|tls-(?!expected)|starttls-expected$)/, 'ESOCKET'],
  [/^(?:greeting-rejected|not-smtp|tls-expected|protocol-error|reply-too-large)$/, 'EPROTOCOL'],
  [/^(?:sender-rejected|recipient-rejected|envelope-invalid)$/, 'EENVELOPE'],
  [/^message-unreadable$/, 'ESTREAM'],
  [/^message-rejected$/, 'EMESSAGE'],
  [/^require-tls-not-offered$/, 'EREQUIRETLS'],
  [/^aborted$/, 'EABORT'],
]

/** Failures that occur in several stages, where nodemailer's code is that of the stage. */
const ofAnyStage: ReadonlySet<string> = new Set(['rate-limited', 'message-too-large'])
const byStage: Readonly<Partial<Record<Failure['stage'], string>>> = {
  greeting: 'EPROTOCOL',
  auth: 'EAUTH',
  mail: 'EENVELOPE',
  rcpt: 'EENVELOPE',
  data: 'EMESSAGE',
}

/** Codes that, without a reply, nodemailer reports for the connection and not for a command. */
const ofConnection: ReadonlySet<string> = new Set(['ECONNECTION', 'ESOCKET', 'ETIMEDOUT', 'EPROTOCOL'])

/** nodemailer's name of the failed command. */
const commands: Readonly<Record<Failure['stage'], string>> = {
  dns: 'CONN',
  connect: 'CONN',
  greeting: 'CONN',
  ehlo: 'EHLO',
  starttls: 'STARTTLS',
  tls: 'CONN',
  auth: 'AUTH',
  mail: 'MAIL FROM',
  rcpt: 'RCPT TO',
  data: 'DATA',
  message: 'DATA',
  quit: 'QUIT',
}

export function commandOf({ stage, code }: Failure): string {
  return code === 'message-unreadable' || code === 'envelope-invalid' ? 'API' : commands[stage]
}

/** Further details of a failure. */
interface Circumstances {
  /** The reply of the server, without the secret of the login. */
  readonly response?: string | undefined
  /** The combined diagnosis of the attempts, if no endpoint could be used. */
  readonly diagnosis?: Diagnosis | undefined
  readonly attempts?: readonly Attempt[] | undefined
  /** The underlying error, such as a missing attachment. Becomes the cause of the error. */
  readonly underlying?: Error | undefined
}

/** The error that nodemailer would have created, for code that reads `cause.code`. If no endpoint could be used, its code is that of the diagnosis. */
export function nodemailerCauseOf(failure: Failure, { response, diagnosis, attempts = [], underlying }: Circumstances): NodemailerError {
  const decisive = attempts.findLast((attempt) => attempt.failure && attempt.failure.code === diagnosis?.code)?.failure ?? failure
  const { replyCode, systemCode } = decisive
  const reason = diagnosis?.code ?? decisive.code
  const known = ofAnyStage.has(reason) ? byStage[decisive.stage] : codes.find(([pattern]) => pattern.test(reason))?.[1]
  const code = known ?? (systemCode === undefined ? 'ECONNECTION' : 'ESOCKET')
  return Object.assign(new Error(failure.message, underlying && { cause: underlying }), {
    code,
    command: replyCode === undefined && ofConnection.has(code) ? 'CONN' : commandOf(decisive),
    ...(systemCode !== undefined && { originalCode: systemCode }),
    ...(replyCode !== undefined && { responseCode: replyCode, permanent: isPermanent(replyCode) }),
    ...(response !== undefined && { response }),
  }) as NodemailerError
}

/** Adds a `cause` to the error of a failed check: the error that nodemailer's `verify()` would have rejected with. */
export function withNodemailerCause(error: unknown): unknown {
  if (!NoUsableEndpointError.isInstance(error) || error.cause !== undefined) return error
  const { attempts, diagnosis, message } = error
  // A login that is known to be refused is not repeated, so there is no attempt with the refusal.
  const stage = diagnosis.code.startsWith('auth-') ? 'auth' : (attempts.at(-1)?.stage ?? 'connect')
  const cause = nodemailerCauseOf({ code: error.code, stage, message, advice: diagnosis.advice }, { diagnosis, attempts })
  return Object.defineProperty(error, 'cause', { value: cause })
}
