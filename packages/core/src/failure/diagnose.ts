import { NoUsableEndpointError } from '../selection/no-usable-endpoint-error.ts'
import type { Locale } from '../text/index.ts'
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
  if (NoUsableEndpointError.isInstance(error)) return failureOf(error)
  const { host, port } = options
  const given = (typeof error === 'object' && error !== null ? error : {}) as MailError
  const endpoint = {
    host: host ?? textOf(given.hostname) ?? textOf(given.address) ?? '?',
    port: port ?? (typeof given.port === 'number' ? given.port : NaN),
  }
  return describeFailure(factsOf(error, given), endpoint, options.locale ?? 'en')
}

function factsOf(error: unknown, given: MailError): FailureFacts {
  const code = textOf(given.code)
  const stage = stageOf(given)
  if (given instanceof Error && calledOff.has(given.name)) return { code: 'aborted', stage }

  const reply = replyOf(given)
  if (reply && stage !== 'connect') return { code: refusals[stage](reply.replyCode), stage, ...reply }
  if (code && Object.hasOwn(nodemailerCodes, code)) {
    const { originalCode, cert } = given
    if (typeof originalCode !== 'string') return nodemailerCodes[code]!(given, stage)
    return factsOfSystem({ code: originalCode, cert }, stage)
  }
  return factsOfSystem(error, stage)
}

function factsOfSystem(error: unknown, stage: Stage): FailureFacts {
  const system = fromSystemError(error, 'connection-lost')
  // TLS from the first byte, and a greeting in plain text: nodemailer's `secure: true` on 587.
  if (stage === 'connect' && plainAnswers.has(system.systemCode ?? '')) return { ...system, code: 'starttls-expected', stage: 'tls' }
  return { ...system, stage: stageOfSystem(system.code, stage) }
}

/** How an `AbortSignal` names its reasons. */
const calledOff: ReadonlySet<string> = new Set(['AbortError', 'TimeoutError'])

function failureOf({ diagnosis, attempts }: NoUsableEndpointError): Failure {
  const { message, advice } = diagnosis
  return { code: 'no-usable-endpoint', stage: attempts.at(-1)?.stage ?? 'connect', message, advice }
}

/** The command that was under way, as nodemailer names it. */
function stageOf({ command }: MailError): Stage {
  return stages.get(textOf(command)?.split(' ')[0] ?? '') ?? 'connect'
}

const stages: ReadonlyMap<string, Stage> = new Map([
  ['EHLO', 'ehlo'],
  ['HELO', 'ehlo'],
  ['LHLO', 'ehlo'],
  ['STARTTLS', 'starttls'],
  ['AUTH', 'auth'],
  ['MAIL', 'mail'],
  ['RCPT', 'rcpt'],
  ['DATA', 'data'],
])

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
  starttls: () => 'starttls-rejected',
  tls: () => 'tls-handshake',
  auth: (replyCode) => (replyCode >= 500 ? 'auth-rejected' : 'auth-temporary'),
  mail: () => 'sender-rejected',
  rcpt: () => 'recipient-rejected',
  data: () => 'message-rejected',
  message: () => 'message-rejected',
  quit: () => 'protocol-error',
}

/** What nodemailer's own codes mean when there is no reply and nothing of Node's behind them. */
const nodemailerCodes: Readonly<Record<string, (given: MailError, stage: Stage) => FailureFacts>> = {
  EDNS: () => ({ code: 'dns-not-found', stage: 'dns' }),
  ESOCKET: (_, stage) => ({ code: 'connection-lost', stage }),
  ECONNECTION: (_, stage) => ({ code: 'connection-lost', stage }),
  ETLS: () => ({ code: 'tls-handshake', stage: 'tls' }),
  EPROTOCOL: (_, stage) => ({ code: 'protocol-error', stage }),
  EREQUIRETLS: (_, stage) => ({ code: 'starttls-not-offered', stage }),
  EAUTH: () => ({ code: 'auth-mechanism', stage: 'auth' }),
  ENOAUTH: () => ({ code: 'auth-not-offered', stage: 'auth' }),
  EENVELOPE: (_, stage) => ({ code: 'envelope-invalid', stage: stage === 'connect' ? 'mail' : stage }),
  EMESSAGE: () => ({ code: 'message-rejected', stage: 'data' }),
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
function replyOf({ code, responseCode, response }: MailError): { replyCode: number; enhancedCode: string | undefined } | undefined {
  if (typeof responseCode !== 'number' || responseCode < 400 || responseCode > 599 || code === 'EPROTOCOL') return undefined
  const enhancedCode = /^\d{3}[ -]([245]\.\d{1,3}\.\d{1,3})(?:\s|$)/.exec(textOf(response) ?? '')?.[1]
  return { replyCode: responseCode, enhancedCode }
}

function isFailure(value: unknown): value is Failure {
  return typeof value === 'object' && value !== null && 'code' in value && 'stage' in value && 'advice' in value
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}
