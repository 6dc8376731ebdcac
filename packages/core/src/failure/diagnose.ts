import { isMarked } from '../error-marker.ts'
import { inLocale } from '../text/translatable.ts'
import type { Locale } from '../text/index.ts'
import { en } from '../text/en.ts'
import { describeFailure, type Failure, failureOfDiagnosis, type FailureCode, type FailureFacts, type FailureReason, type Stage } from './failure.ts'
import { fromConversationError, fromSystemError, plainTextErrors } from './from-system-error.ts'
import type { ServerReply } from './rate-limit.ts'
import { refusalFacts } from './refusal.ts'

/** Context for an error that does not carry it itself. */
export interface DiagnoseOptions {
  /** The host of the server. */
  readonly host?: string | undefined
  /** The port of the server. */
  readonly port?: number | undefined
  /** The language of `message` and `advice`. Default: that of a failure which the error already has, otherwise English. */
  readonly locale?: Locale | undefined
}

/** The fields that are read from an error of nodemailer, Node or Postern. */
interface MailError {
  readonly code?: unknown
  readonly originalCode?: unknown
  readonly command?: unknown
  readonly response?: unknown
  readonly responseCode?: unknown
  readonly timeoutType?: unknown
  readonly message?: unknown
  readonly syscall?: unknown
  readonly hostname?: unknown
  readonly address?: unknown
  readonly port?: unknown
  readonly cert?: unknown
  readonly failure?: unknown
  readonly stage?: unknown
  readonly enhancedCode?: unknown
  readonly reason?: unknown
  readonly retryAfter?: unknown
}

/** The fields that are read from a `NoUsableEndpointError`. Its class is in `selection/`, which imports this room. */
interface NoUsableEndpoint {
  readonly diagnosis: Pick<Failure, 'message' | 'advice' | 'reason' | 'retryAfter'>
  readonly attempts: readonly { readonly stage: Stage }[]
}

/**
 * Explains an error of nodemailer, of Node's net, tls or dns, or of Postern. The result never contains text from the
 * server.
 *
 * @example
 * try { await transport.sendMail(mail) } catch (error) { log.error(diagnose(error).message) }
 */
export function diagnose(error: unknown, options: DiagnoseOptions = {}): Failure {
  const { host, port, locale } = options
  const known = knownFailure(error)
  if (known) return locale ? inLocale(known, locale) : known
  const fields = (typeof error === 'object' && error !== null ? error : {}) as MailError
  const knownHost = host ?? textOf(fields.hostname) ?? textOf(fields.address)
  const knownPort = port ?? (typeof fields.port === 'number' ? fields.port : undefined)
  const endpoint = { ...(knownHost !== undefined && { host: knownHost }), ...(knownPort !== undefined && { port: knownPort }) }
  return describeFailure(factsOf(error, fields), endpoint, locale ?? 'en')
}

/** The failure that an error of Postern already has. */
function knownFailure(error: unknown): Failure | undefined {
  const attached = (error as MailError | null | undefined)?.failure
  if (isFailure(attached)) return attached
  if (!isMarked(error, 'NoUsableEndpointError')) return undefined
  const { diagnosis, attempts } = error as NoUsableEndpoint
  return failureOfDiagnosis(diagnosis, attempts.at(-1)?.stage)
}

function factsOf(error: unknown, fields: MailError): FailureFacts {
  const code = textOf(fields.code)
  const stage = stageOf(fields)
  if (code && Object.hasOwn(en.failures, code)) return ownFacts(code as FailureCode, fields)
  if (fields instanceof Error && abortNames.has(fields.name)) return { code: 'aborted', stage }

  const reply = replyOf(fields)
  if (reply && stage !== 'connect') return { ...refusalFacts(refusals[stage](reply.code), reply, stage), stage }
  if (code && Object.hasOwn(nodemailerCodes, code)) {
    // `originalCode` is about an attachment here, not about the server.
    if (code === 'ESTREAM') return { code: 'message-unreadable', stage: 'data' }
    const { originalCode, cert } = fields
    if (typeof originalCode !== 'string') return nodemailerCodes[code]!(fields, stage)
    return factsOfSystem({ code: originalCode, cert }, stage)
  }
  return factsOfSystem(error, stage)
}

/** An error of Postern, or of another copy of it, already has a failure code. */
function ownFacts(code: FailureCode, { stage, responseCode, enhancedCode, reason, retryAfter }: MailError): FailureFacts {
  return {
    code,
    stage: typeof stage === 'string' && Object.hasOwn(en.stages, stage) ? (stage as Stage) : 'connect',
    ...(typeof responseCode === 'number' && { replyCode: responseCode }),
    ...(typeof enhancedCode === 'string' && { enhancedCode }),
    ...(typeof reason === 'string' && Object.hasOwn(en.reasons, reason) && { reason: reason as FailureReason }),
    ...(typeof retryAfter === 'number' && { retryAfter }),
  }
}

function factsOfSystem(error: unknown, stage: Stage): FailureFacts {
  const system = afterTls.has(stage) ? fromConversationError(error) : fromSystemError(error, 'connection-lost')
  // A TLS handshake answered by a plain-text greeting: nodemailer's `secure: true` on 587.
  if (stage === 'connect' && plainTextErrors.has(system.systemCode ?? '')) {
    return { ...system, code: 'starttls-expected', stage: 'tls' }
  }
  return { ...system, stage: stageOfSystem(system.code, stage) }
}

/** The stages in which TLS is agreed on. EHLO and STARTTLS may come before it. */
const afterTls: ReadonlySet<Stage> = new Set(['auth', 'mail', 'rcpt', 'data', 'message', 'quit'])

/** The names of the default reasons of an `AbortSignal`. */
const abortNames: ReadonlySet<string> = new Set(['AbortError', 'TimeoutError'])

/** The stage, from nodemailer's name of the current command. */
function stageOf({ command }: MailError): Stage {
  const [word] = /^(?:EHLO|HELO|LHLO|STARTTLS|AUTH|MAIL|RCPT|DATA)(?= |$)/.exec(textOf(command) ?? '') ?? ['CONNECT']
  return word.endsWith('LO') ? 'ehlo' : (word.toLowerCase() as Stage)
}

function stageOfSystem(code: FailureCode, fallback: Stage): Stage {
  if (code.startsWith('dns-')) return 'dns'
  if (code.startsWith('certificate-') || code.startsWith('tls-')) return 'tls'
  return fallback
}

/** The failure code for a 4yz or 5yz reply in each stage. */
const refusals: Readonly<Record<Stage, (replyCode: number) => FailureCode>> = {
  dns: () => 'protocol-error',
  connect: () => 'greeting-rejected',
  greeting: () => 'greeting-rejected',
  ehlo: () => 'ehlo-rejected',
  // nodemailer's requireTLS sends STARTTLS even if the server has not offered it.
  starttls: (replyCode) => (unknownCommand.has(replyCode) ? 'starttls-not-offered' : 'starttls-rejected'),
  tls: () => 'tls-handshake',
  auth: (replyCode) => {
    if (replyCode < 500) return 'auth-temporary'
    if (unknownCommand.has(replyCode)) return 'auth-not-offered'
    return replyCode === 504 ? 'auth-mechanism' : 'auth-rejected'
  },
  mail: () => 'sender-rejected',
  rcpt: () => 'recipient-rejected',
  data: () => 'message-rejected',
  message: () => 'message-rejected',
  quit: () => 'protocol-error',
}

/** "Command not recognised", "not implemented", "used when not advertised" (RFC 5321 §4.2.4, RFC 4954 §4). */
const unknownCommand: ReadonlySet<number> = new Set([500, 502, 503])

/** nodemailer uses EPROTOCOL for every violation of the protocol; its message tells them apart. */
function fromProtocolError(fields: MailError, stage: Stage): FailureFacts {
  const message = textOf(fields.message) ?? ''
  const reply = /^[45]\d\d(?:[ -]|$)/.test(textOf(fields.response) ?? '') ? replyIn(fields) : undefined
  if (message.startsWith('Invalid greeting')) {
    return reply ? { ...refusalFacts('greeting-rejected', reply, 'greeting'), stage: 'greeting' } : { code: 'not-smtp', stage: 'greeting' }
  }
  if (/^Invalid (?:HELO|LHLO)/.test(message) && reply) return { ...refusalFacts('ehlo-rejected', reply, 'ehlo'), stage: 'ehlo' }
  if (message.startsWith('Server response exceeds')) return { code: 'reply-too-large', stage }
  return { code: 'protocol-error', stage }
}

/** nodemailer's codes for errors without an SMTP reply and without an error code of Node. */
const nodemailerCodes: Readonly<Record<string, (fields: MailError, stage: Stage) => FailureFacts>> = {
  EDNS: () => ({ code: 'dns-not-found', stage: 'dns' }),
  ESOCKET: (_, stage) => ({ code: 'connection-lost', stage }),
  ECONNECTION: (_, stage) => ({ code: 'connection-lost', stage }),
  ETLS: () => ({ code: 'tls-handshake', stage: 'tls' }),
  EPROTOCOL: fromProtocolError,
  // After MAIL, this is the REQUIRETLS extension (RFC 8689), which the server lacks, not nodemailer's requireTLS option.
  EREQUIRETLS: (_, stage) => ({ code: stage === 'starttls' ? 'starttls-not-offered' : 'require-tls-not-offered', stage }),
  EAUTH: ({ response }) => ({ code: response === undefined ? 'auth-mechanism' : 'protocol-error', stage: 'auth' }),
  ENOAUTH: () => ({ code: 'auth-not-offered', stage: 'auth' }),
  // A reply below 400 is unexpected here.
  EENVELOPE: ({ response }, stage) =>
    response === undefined
      ? { code: 'envelope-invalid', stage: stage === 'connect' ? 'mail' : stage }
      : { code: 'protocol-error', stage },
  EMESSAGE: ({ response }) => ({ code: response === undefined ? 'message-rejected' : 'protocol-error', stage: 'data' }),
  ESTREAM: () => ({ code: 'message-unreadable', stage: 'data' }),
  EABORT: (_, stage) => ({ code: 'aborted', stage }),
  ETIMEDOUT: ({ timeoutType }, stage) =>
    timeouts.get(timeoutType) ?? { code: timeoutType === undefined ? 'connect-timeout' : 'reply-timeout', stage },
}

/** nodemailer's timeouts, by `timeoutType`. */
const timeouts: ReadonlyMap<unknown, FailureFacts> = new Map([
  ['CONNECT_TIMEOUT', { code: 'connect-timeout', stage: 'connect' }],
  ['GREETING_TIMEOUT', { code: 'greeting-timeout', stage: 'greeting' }],
  ['UPGRADE_TIMEOUT', { code: 'reply-timeout', stage: 'tls' }],
])

/** The reply of the server. With EPROTOCOL it may be a fragment from a lost connection, which is ignored. */
function replyOf(fields: MailError): ServerReply | undefined {
  return fields.code === 'EPROTOCOL' ? undefined : replyIn(fields)
}

function replyIn({ responseCode, response }: MailError): ServerReply | undefined {
  if (typeof responseCode !== 'number' || responseCode < 400 || responseCode > 599) return undefined
  const lines = (textOf(response) ?? '').split(/\r?\n/).map((line) => line.replace(/^\d{3}[ -]/, ''))
  const enhancedCode = /^([245]\.\d{1,3}\.\d{1,3})(?:\s|$)/.exec(lines[0]!)?.[1]
  return { code: responseCode, enhancedCode, lines }
}

function isFailure(value: unknown): value is Failure {
  return typeof value === 'object' && value !== null && 'code' in value && 'stage' in value && 'advice' in value
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}
