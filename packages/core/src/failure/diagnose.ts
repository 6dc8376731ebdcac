import { isMarked } from '../error-marker.ts'
import type { Locale } from '../text/index.ts'
import { en } from '../text/en.ts'
import { describeFailure, type Failure, type FailureCode, type FailureFacts, type Stage } from './failure.ts'
import { fromSystemError, plainAnswers } from './from-system-error.ts'

/** What `diagnose` cannot know by itself. */
export interface DiagnoseOptions {
  /** The server the error came from, where the error does not say. */
  readonly host?: string | undefined
  /** Its port, likewise. */
  readonly port?: number | undefined
  /** The language of message and advice. @default 'en' */
  readonly locale?: Locale | undefined
}

/** What an error of nodemailer may carry. */
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
}

/** What is read of a `NoUsableEndpointError`, whose class is in `selection/`. */
interface NoUsableEndpoint {
  readonly diagnosis: Pick<Failure, 'message' | 'advice'>
  readonly attempts: readonly { readonly stage: Stage }[]
}

/**
 * Says what an error means, whether nodemailer threw it, Node's net, tls or dns, or Postern itself. The words of the
 * server are never repeated.
 *
 * @example
 * try { await transport.sendMail(mail) } catch (error) { log.error(diagnose(error).message) }
 */
export function diagnose(error: unknown, options: DiagnoseOptions = {}): Failure {
  const told = (error as MailError | null | undefined)?.failure
  if (isFailure(told)) return told
  if (isMarked(error, 'NoUsableEndpointError')) return failureOfLadder(error as NoUsableEndpoint)
  const { host, port } = options
  const given = (typeof error === 'object' && error !== null ? error : {}) as MailError
  const knownHost = host ?? textOf(given.hostname) ?? textOf(given.address)
  const knownPort = port ?? (typeof given.port === 'number' ? given.port : undefined)
  const endpoint = { ...(knownHost !== undefined && { host: knownHost }), ...(knownPort !== undefined && { port: knownPort }) }
  return describeFailure(factsOf(error, given), endpoint, options.locale ?? 'en')
}

function factsOf(error: unknown, given: MailError): FailureFacts {
  const code = textOf(given.code)
  const stage = stageOf(given)
  if (code && Object.hasOwn(en.failures, code)) return ownFacts(code as FailureCode, given)
  if (given instanceof Error && calledOff.has(given.name)) return { code: 'aborted', stage }

  const reply = replyOf(given)
  if (reply && stage !== 'connect') return { code: refusals[stage](reply.replyCode), stage, ...reply }
  if (code && Object.hasOwn(nodemailerCodes, code)) {
    // What Node says behind it is about an attachment, not about the server.
    if (code === 'ESTREAM') return { code: 'message-unreadable', stage: 'data' }
    const { originalCode, cert } = given
    if (typeof originalCode !== 'string') return nodemailerCodes[code]!(given, stage)
    return factsOfSystem({ code: originalCode, cert }, stage)
  }
  return factsOfSystem(error, stage)
}

/** An error of Postern's own, or of another copy of it, has the code already. */
function ownFacts(code: FailureCode, { stage, responseCode, enhancedCode }: MailError): FailureFacts {
  return {
    code,
    stage: typeof stage === 'string' && Object.hasOwn(en.stages, stage) ? (stage as Stage) : 'connect',
    ...(typeof responseCode === 'number' && { replyCode: responseCode }),
    ...(typeof enhancedCode === 'string' && { enhancedCode }),
  }
}

function factsOfSystem(error: unknown, stage: Stage): FailureFacts {
  const system = fromSystemError(error, 'connection-lost')
  // TLS from the first byte, and a greeting in plain text: nodemailer's `secure: true` on 587.
  if (stage === 'connect' && plainAnswers.has(system.systemCode ?? '')) {
    return { ...system, code: 'starttls-expected', stage: 'tls' }
  }
  return { ...system, stage: stageOfSystem(system.code, stage) }
}

/** How an `AbortSignal` names its reasons. */
const calledOff: ReadonlySet<string> = new Set(['AbortError', 'TimeoutError'])

function failureOfLadder({ diagnosis, attempts }: NoUsableEndpoint): Failure {
  const { message, advice } = diagnosis
  return { code: 'no-usable-endpoint', stage: attempts.at(-1)?.stage ?? 'connect', message, advice }
}

/** The command that was under way, as nodemailer names it. */
function stageOf({ command }: MailError): Stage {
  const [word] = /^(?:EHLO|HELO|LHLO|STARTTLS|AUTH|MAIL|RCPT|DATA)(?= |$)/.exec(textOf(command) ?? '') ?? ['CONNECT']
  return word.endsWith('LO') ? 'ehlo' : (word.toLowerCase() as Stage)
}

function stageOfSystem(code: FailureCode, otherwise: Stage): Stage {
  if (code.startsWith('dns-')) return 'dns'
  if (code.startsWith('certificate-') || code.startsWith('tls-')) return 'tls'
  return otherwise
}

/** What a 4yz or 5yz means in each stage. */
const refusals: Readonly<Record<Stage, (replyCode: number) => FailureCode>> = {
  dns: () => 'protocol-error',
  connect: () => 'greeting-rejected',
  greeting: () => 'greeting-rejected',
  ehlo: () => 'ehlo-rejected',
  // A server that does not know the command has not offered it: nodemailer's requireTLS asks all the same.
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

/** nodemailer has one code for everything that is not SMTP as it should be; its own first words tell them apart. */
function notAsItShouldBe(given: MailError, stage: Stage): FailureFacts {
  const message = textOf(given.message) ?? ''
  const reply = /^[45]\d\d(?:[ -]|$)/.test(textOf(given.response) ?? '') ? replyIn(given) : undefined
  if (message.startsWith('Invalid greeting')) {
    return reply ? { code: 'greeting-rejected', stage: 'greeting', ...reply } : { code: 'not-smtp', stage: 'greeting' }
  }
  if (/^Invalid (?:HELO|LHLO)/.test(message) && reply) return { code: 'ehlo-rejected', stage: 'ehlo', ...reply }
  if (message.startsWith('Server response exceeds')) return { code: 'reply-too-large', stage }
  return { code: 'protocol-error', stage }
}

/** What nodemailer's own codes mean when there is no reply and nothing of Node's behind them. */
const nodemailerCodes: Readonly<Record<string, (given: MailError, stage: Stage) => FailureFacts>> = {
  EDNS: () => ({ code: 'dns-not-found', stage: 'dns' }),
  ESOCKET: (_, stage) => ({ code: 'connection-lost', stage }),
  ECONNECTION: (_, stage) => ({ code: 'connection-lost', stage }),
  ETLS: () => ({ code: 'tls-handshake', stage: 'tls' }),
  EPROTOCOL: notAsItShouldBe,
  // The message demands REQUIRETLS of every hop (RFC 8689), which this server has not: another thing than requireTLS.
  EREQUIRETLS: (_, stage) => ({ code: stage === 'starttls' ? 'starttls-not-offered' : 'message-rejected', stage }),
  EAUTH: (given) => ({ code: given.response === undefined ? 'auth-mechanism' : 'protocol-error', stage: 'auth' }),
  ENOAUTH: () => ({ code: 'auth-not-offered', stage: 'auth' }),
  // With a reply that is no refusal, the server has said something that makes no sense there.
  EENVELOPE: (given, stage) =>
    given.response === undefined
      ? { code: 'envelope-invalid', stage: stage === 'connect' ? 'mail' : stage }
      : { code: 'protocol-error', stage },
  EMESSAGE: (given) => ({ code: given.response === undefined ? 'message-rejected' : 'protocol-error', stage: 'data' }),
  ESTREAM: () => ({ code: 'message-unreadable', stage: 'data' }),
  EABORT: (_, stage) => ({ code: 'aborted', stage }),
  ETIMEDOUT: ({ timeoutType }, stage) =>
    waits.get(timeoutType) ?? { code: timeoutType === undefined ? 'connect-timeout' : 'reply-timeout', stage },
}

/** Which of nodemailer's waits ended. */
const waits: ReadonlyMap<unknown, FailureFacts> = new Map([
  ['CONNECT_TIMEOUT', { code: 'connect-timeout', stage: 'connect' }],
  ['GREETING_TIMEOUT', { code: 'greeting-timeout', stage: 'greeting' }],
  ['UPGRADE_TIMEOUT', { code: 'reply-timeout', stage: 'tls' }],
])

/** Only a complete refusal counts; a fragment of one that a lost connection left behind is none. */
function replyOf(given: MailError): SmtpReply | undefined {
  return given.code === 'EPROTOCOL' ? undefined : replyIn(given)
}

interface SmtpReply {
  readonly replyCode: number
  readonly enhancedCode: string | undefined
}

function replyIn({ responseCode, response }: MailError): SmtpReply | undefined {
  if (typeof responseCode !== 'number' || responseCode < 400 || responseCode > 599) return undefined
  const enhancedCode = /^\d{3}[ -]([245]\.\d{1,3}\.\d{1,3})(?:\s|$)/.exec(textOf(response) ?? '')?.[1]
  return { replyCode: responseCode, enhancedCode }
}

function isFailure(value: unknown): value is Failure {
  return typeof value === 'object' && value !== null && 'code' in value && 'stage' in value && 'advice' in value
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}
