import { createTransport } from 'nodemailer'
import type { NominalPort, Provider } from '../src/index.ts'

/** Sends one message with nodemailer, with TLS required. */
export async function send(provider: Provider, port: NominalPort, options: SendOptions = {}): Promise<void> {
  const { auth = provider.auth, requireTLS = port !== 465, authMethod, ...mail } = options
  const transport = createTransport({
    host: provider.host,
    port: provider.ports[port],
    secure: port === 465,
    requireTLS,
    tls: { ca: provider.ca },
    ...(auth && { auth }),
    ...(authMethod && { authMethod }),
  })
  try {
    await transport.sendMail({ ...message, ...mail })
  } finally {
    transport.close()
  }
}

const message = { from: 'app@example.net', to: 'reader@example.net', subject: 'Hello', text: 'A few words.' }

export interface SendOptions {
  readonly subject?: string
  readonly text?: string
  readonly html?: string
  readonly auth?: object | null
  readonly authMethod?: string
  readonly requireTLS?: boolean
}

/** Resolves with the error of {@link send}, and rejects if it succeeds. */
export async function failure(sending: Promise<unknown>): Promise<SendError> {
  try {
    await sending
  } catch (error) {
    return error as SendError
  }
  throw new Error('the message was accepted')
}

export interface SendError extends Error {
  readonly code?: string
  readonly responseCode?: number
  readonly response?: string
  readonly command?: string
}
