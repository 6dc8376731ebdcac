import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'
import type { BodyReader, MessageBody } from '../src/submission/body.ts'
import { messageBody } from '../src/submission/body.ts'
import { SubmissionConnection } from '../src/submission/connection.ts'
import type { Envelope } from '../src/submission/envelope.ts'
import type { TransactionResult } from '../src/submission/transaction-result.ts'
import { defaultTimeouts, type TransactionTimeouts } from '../src/submission/timeouts.ts'
import { MailServer, type Script } from './mail-server.ts'

/** The extensions offered for each kind of dialogue: one command per reply, PIPELINING (RFC 2920), or CHUNKING (RFC 3030). */
export const dialogues = {
  'step by step': [],
  pipelined: ['PIPELINING', '8BITMIME', 'SIZE'],
  chunked: ['PIPELINING', 'CHUNKING', '8BITMIME', 'SIZE'],
} as const satisfies Record<string, readonly string[]>

export type Dialogue = keyof typeof dialogues

export const allDialogues = Object.keys(dialogues) as Dialogue[]

/** A short timeout in milliseconds, for waits that must end. */
export const SHORT = 40

export interface Client {
  readonly connection: SubmissionConnection
  readonly socket: Socket
  /** Submits a message. @returns its result */
  readonly submit: (source: string | Buffer | MessageBody | BodyReader, options?: SubmitOptions) => Promise<TransactionResult>
  /** Aborts the current transaction. */
  readonly cancel: (cause: Parameters<ReturnType<SubmissionConnection['submit']>>[0]) => void
}

export interface SubmitOptions {
  readonly envelope?: Partial<Envelope>
  readonly mayChunk?: boolean
}

/** Starts a server without a greeting and a login. It is closed at the end of the test. */
export async function serve(script: Script = {}): Promise<MailServer> {
  const server = await MailServer.start(script, { isGreeting: false })
  onTestFinished(() => server[Symbol.asyncDispose]())
  return server
}

/** Connects to a server without a greeting and a login. */
export async function connectTo(server: MailServer, { dialogue = 'step by step', offer = dialogues[dialogue], timeouts = {} }: { readonly dialogue?: Dialogue; readonly offer?: readonly string[]; readonly timeouts?: Partial<TransactionTimeouts> } = {}): Promise<Client> {
  const socket = connect(server.port, '127.0.0.1')
  await once(socket, 'connect')
  return clientOver(socket, server.port, offer, timeouts)
}

/** A client over a connected socket. */
export function clientOver(socket: Socket, port: number, offer: readonly string[], timeouts: Partial<TransactionTimeouts> = {}): Client {
  const connection = new SubmissionConnection(socket, {
    endpoint: { host: '127.0.0.1', port, security: 'none' },
    offer,
    timeouts: { ...defaultTimeouts, ...timeouts },
  })
  let cancel: ReturnType<SubmissionConnection['submit']> | undefined
  return {
    connection,
    socket,
    submit: (source, { envelope, mayChunk = true } = {}) =>
      new Promise((resolve) => {
        cancel = connection.submit({ from: 'ada@example.com', to: ['bob@example.net'], ...envelope }, readingOf(source), mayChunk, resolve)
      }),
    cancel: (cause) => cancel?.(cause),
  }
}

function readingOf(source: string | Buffer | MessageBody | BodyReader): BodyReader {
  if (typeof source === 'string' || Buffer.isBuffer(source)) return messageBody(source).open()
  return 'open' in source ? source.open() : source
}

/** A message of this number of octets, in lines of 64 octets, none of which starts with a dot. */
export function textOf(octets: number): string {
  const line = `${'x'.repeat(62)}\r\n`
  const last = octets % 64
  return line.repeat(Math.floor(octets / 64)) + (last === 0 ? '' : last < 3 ? 'x'.repeat(last) : `${'x'.repeat(last - 2)}\r\n`)
}

export const small = 'Subject: small\r\n\r\nA line.\r\n'
export const medium = textOf(40_000)

/** A message larger than the socket buffers between client and server. */
export function largeMessage(): Buffer {
  return Buffer.from(textOf(24_000_000))
}

/** Two recipients. */
export const two = { to: ['bob@example.net', 'eve@example.org'] }

/** A short summary of a result: `refused rcpt 450`, `lost connection-lost`, `lost reply-timeout, unknown`. */
export function summaryOf(result: TransactionResult): string {
  switch (result.kind) {
    case 'accepted':
      return 'accepted'
    case 'refused':
      return `refused ${result.stage} ${result.reply.code}`
    case 'lost':
      return `lost ${result.cause.facts.code}${result.mayBeAccepted ? ', unknown' : ''}`
    default:
      return result.kind
  }
}
