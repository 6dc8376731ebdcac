import { nodemailerOptions } from '../account.ts'
import type { SenderName, Server } from './job.ts'

export interface Message {
  readonly subject: string
  readonly text: string
  readonly attachment?: Buffer | undefined
}

/** Adapter for one library. `create` returns the library's transport unwrapped, because its memory is measured. */
export interface Library<Transport = unknown> {
  /** Without a pool for 0 connections. */
  create(server: Server, connections: number): Transport
  send(transport: Transport, message: Message): Promise<unknown>
  close(transport: Transport): void
  /** Whether the library queues messages. For others the caller limits concurrency. */
  readonly queues: boolean
}

export const libraries: Readonly<Record<SenderName, () => Promise<Library>>> = {
  async postern() {
    const { createTransport } = await import('@postern/nodemailer')
    return library({
      create: ({ host, auth, tls, candidates }, connections) => createTransport({ host, auth, tls, candidates: [...candidates] }, pooled(connections)),
      send: (transport, message) => transport.sendMail(mailOf(message)),
      close: (transport) => transport.close(),
      queues: true,
    })
  },
  async nodemailer() {
    const { default: nodemailer } = await import('nodemailer')
    return library({
      create: (server, connections) => nodemailer.createTransport({ ...nodemailerOptions(server, server.port), ...pooled(connections) }),
      send: (transport, message) => transport.sendMail(mailOf(message)),
      close: (transport) => transport.close(),
      queues: true,
    })
  },
  async upyo() {
    const [{ SmtpTransport }, { createMessage }] = await Promise.all([import('@upyo/smtp'), import('@upyo/core')])
    return library({
      create: ({ host, auth, tls, port }, connections) =>
        new SmtpTransport({ host, port, secure: false, auth, tls: { ca: [tls.ca] }, pool: true, poolSize: Math.max(connections, 1) }),
      async send(transport, { subject, text, attachment }) {
        const attachments = attachment ? [{ inline: false, filename: 'file.bin', content: attachment, contentType: 'application/octet-stream', contentId: 'file' } as const] : []
        const receipt = await transport.send(createMessage({ from, to, subject, content: { text }, attachments }))
        if (!receipt.successful) throw new Error(receipt.errorMessages.join('; '))
      },
      close: (transport) => void transport.closeAllConnections(),
      queues: false,
    })
  },
}

/** Hides the transport type: each library only receives its own transports. */
function library<Transport>(own: Library<Transport>): Library {
  return own
}

const from = 'app@sink.test'
const to = 'reader@example.net'

function pooled(connections: number): { pool?: true; maxConnections?: number } {
  return connections > 0 ? { pool: true, maxConnections: connections } : {}
}

/** The message in nodemailer's shape. */
export function mailOf({ subject, text, attachment }: Message) {
  return { from, to, subject, text, ...(attachment && { attachments: [{ filename: 'file.bin', content: attachment }] }) }
}
