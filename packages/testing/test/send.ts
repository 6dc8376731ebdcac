import { createTransport } from 'nodemailer'
import type { NominalPort, Provider } from '../src/index.ts'

/** Sends one message with plain nodemailer, the way a careful user would set it up for that port. */
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
    await transport.sendMail({ ...letter, ...mail })
  } finally {
    transport.close()
  }
}

const letter = { from: 'app@example.net', to: 'reader@example.net', subject: 'Hello', text: 'A few words.' }

export interface SendOptions {
  readonly subject?: string
  readonly text?: string
  readonly html?: string
  readonly auth?: object | null
  readonly authMethod?: string
  readonly requireTLS?: boolean
}

/** How nodemailer words the failure of {@link send}; a test fails where it succeeds. */
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
