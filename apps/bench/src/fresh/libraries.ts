import type { Server, SenderName } from './job.ts'

/** A message of a benchmark. */
export interface Letter {
  readonly subject: string
  readonly text: string
  readonly attachment?: Buffer | undefined
}

/** How to send with one of the libraries. What it makes is its own transport, with nothing around it that takes memory. */
export interface Library<Transport = unknown> {
  /** 0 connections: no pool. */
  create(server: Server, connections: number): Transport
  send(transport: Transport, message: Letter): Promise<unknown>
  close(transport: Transport): void
  /** Whether messages may be handed over without limit: others need a sender for each connection. */
  readonly queues: boolean
}

/** Imports a library as an app does, and nothing else. */
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
      create: ({ host, auth, tls, port }, connections) =>
        nodemailer.createTransport({ host, port, auth: { ...auth }, tls: { ...tls }, requireTLS: true, ...pooled(connections) }),
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

/** Each library is only ever given its own transports. */
function library<Transport>(own: Library<Transport>): Library {
  return own
}

const from = 'app@sink.test'
const to = 'reader@example.net'

function pooled(connections: number): { pool?: true; maxConnections?: number } {
  return connections > 0 ? { pool: true, maxConnections: connections } : {}
}

/** The message as nodemailer takes it. */
export function mailOf({ subject, text, attachment }: Letter) {
  return { from, to, subject, text, ...(attachment && { attachments: [{ filename: 'file.bin', content: attachment }] }) }
}
