import { once } from 'node:events'
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { createSecureContext, type SecureContext, TLSSocket } from 'node:tls'
import { createSession, GREETING, type Counts, type Offers } from './session.ts'

/** The ports of a sink. */
export interface SinkPorts {
  /** With STARTTLS, in the place of 587 and 2525. */
  readonly starttls: readonly [number, number]
  /** With TLS from the first byte, in the place of 465. */
  readonly implicit: number
}

export interface SinkOptions {
  readonly offers: Offers
  /** PEM. */
  readonly key: string
  readonly cert: string
}

/** Listens on loopback, on three ports. */
export async function listen({ offers, key, cert }: SinkOptions): Promise<{ readonly ports: SinkPorts; readonly counts: Counts }> {
  const counts: Counts = { connections: 0, messages: 0 }
  const context = createSecureContext({ key, cert })
  const plain = (socket: Socket): void => {
    counts.connections++
    converse(socket, { offers, counts, secure: false, context })
  }
  const secure = (socket: Socket): void => {
    counts.connections++
    const secured = encrypt(socket, context)
    secured.once('secure', () => converse(secured, { offers, counts, secure: true, context }))
  }
  const [first, second, implicit] = await Promise.all([plain, plain, secure].map(portOf))
  return { counts, ports: { starttls: [first!, second!], implicit: implicit! } }
}

interface Conversation {
  readonly offers: Offers
  readonly counts: Counts
  readonly secure: boolean
  readonly context: SecureContext
}

function converse(socket: Socket, conversation: Conversation, greeting = GREETING): void {
  const session = createSession(conversation)
  const read = (chunk: Buffer): void => {
    const { replies, next } = session.receive(chunk)
    if (next === 'upgrade') socket.off('data', read)
    if (replies) socket.write(replies)
    if (next === 'upgrade') converse(encrypt(socket, conversation.context), { ...conversation, secure: true }, '')
    if (next === 'end') socket.end()
  }
  socket.on('data', read)
  // A client that resets its connection ends its own measurement, not the sink.
  socket.on('error', () => socket.destroy())
  if (greeting) socket.write(greeting)
}

function encrypt(socket: Socket, secureContext: SecureContext): TLSSocket {
  const secured = new TLSSocket(socket, { isServer: true, secureContext })
  secured.on('error', () => socket.destroy())
  return secured
}

async function portOf(handle: (socket: Socket) => void): Promise<number> {
  // Nagle's algorithm would hold replies back until what was written before is acknowledged.
  const server: Server = createServer({ noDelay: true }, handle).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}
