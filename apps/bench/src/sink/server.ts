import { once } from 'node:events'
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { createSecureContext, type SecureContext, TLSSocket } from 'node:tls'
import { createSession, GREETING, type Counts, type Offers } from './session.ts'

/** The ports of a sink. */
export interface SinkPorts {
  /** With STARTTLS, for 587 and 2525. */
  readonly starttls: readonly [number, number]
  /** With implicit TLS, for 465. */
  readonly implicit: number
}

export interface SinkOptions {
  readonly offers: Offers
  /** PEM. */
  readonly key: string
  readonly cert: string
}

/** Listens on three loopback ports. */
export async function listen({ offers, key, cert }: SinkOptions): Promise<{ readonly ports: SinkPorts; readonly counts: Counts }> {
  const counts: Counts = { connections: 0, messages: 0 }
  const context = createSecureContext({ key, cert })
  const plain = (socket: Socket): void => {
    counts.connections++
    serve(socket, { offers, counts, secure: false, context })
  }
  const secure = (socket: Socket): void => {
    counts.connections++
    const secured = encrypt(socket, context)
    secured.once('secure', () => serve(secured, { offers, counts, secure: true, context }))
  }
  const [first, second, implicit] = await Promise.all([plain, plain, secure].map(listenOn))
  return { counts, ports: { starttls: [first!, second!], implicit: implicit! } }
}

interface ConnectionOptions {
  readonly offers: Offers
  readonly counts: Counts
  readonly secure: boolean
  readonly context: SecureContext
}

function serve(socket: Socket, options: ConnectionOptions, greeting = GREETING): void {
  const session = createSession(options)
  const read = (chunk: Buffer): void => {
    const { replies, next } = session.receive(chunk)
    if (next === 'upgrade') socket.off('data', read)
    if (replies) socket.write(replies)
    if (next === 'upgrade') serve(encrypt(socket, options.context), { ...options, secure: true }, '')
    if (next === 'end') socket.end()
  }
  socket.on('data', read)
  // A reset by the client must not stop the sink.
  socket.on('error', () => socket.destroy())
  if (greeting) socket.write(greeting)
}

function encrypt(socket: Socket, secureContext: SecureContext): TLSSocket {
  const secured = new TLSSocket(socket, { isServer: true, secureContext })
  secured.on('error', () => socket.destroy())
  return secured
}

async function listenOn(handle: (socket: Socket) => void): Promise<number> {
  // Without Nagle's algorithm, which would delay replies until earlier data is acknowledged.
  const server: Server = createServer({ noDelay: true }, handle).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}
