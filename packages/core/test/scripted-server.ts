import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { createSecureContext, type SecureContextOptions, TLSSocket } from 'node:tls'
import { deferred } from './deferred.ts'

/** The server's end of one connection. Records what the client sends, in plain text (`clear`) and under TLS (`secret`). */
export class Peer {
  clear = ''
  secret = ''
  /** The server name from the client's handshake (SNI), if any. */
  servername: string | false | null | undefined
  /** Resolves when either side has closed the connection. */
  readonly gone: Promise<void>
  /** Resolves when the script has called `fallSilent`. */
  readonly silence: Promise<void>
  readonly #silent: () => void
  readonly #plain: Socket
  #socket: Socket
  #unread = ''
  #wake: () => void = () => {}
  #over = false
  readonly #end: () => void

  constructor(socket: Socket) {
    this.#plain = this.#socket = socket
    const [silence, gone] = [deferred(), deferred()]
    this.silence = silence.promise
    this.#silent = silence.resolve
    this.gone = gone.promise
    this.#end = () => {
      this.#over = true
      this.#wake()
      gone.resolve()
    }
    this.#listen(socket, (text) => (this.clear += text))
  }

  say(bytes: string | Buffer): void {
    if (!this.#socket.destroyed) this.#socket.write(bytes)
  }

  /** Reads the next line of the client. If the client disconnects, this throws and ends the script. */
  async hear(): Promise<string> {
    for (;;) {
      const end = this.#unread.indexOf('\r\n')
      if (end !== -1) {
        const line = this.#unread.slice(0, end)
        this.#unread = this.#unread.slice(end + 2)
        return line
      }
      if (this.#over) throw new ClientLeft()
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }

  /** Waits for any bytes from the client, such as the start of a TLS handshake. */
  async hearAnything(): Promise<void> {
    while (this.#unread === '') {
      if (this.#over) throw new ClientLeft()
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }

  /** Sends nothing until the promise resolves, by default until the connection is closed. Resolves `silence` for the test. */
  async fallSilent(until: Promise<void> = this.gone): Promise<void> {
    this.#silent()
    await until
  }

  /** Accepts the client's TLS handshake. */
  async secure(context: SecureContextOptions): Promise<void> {
    this.#plain.removeAllListeners('data')
    const secured = new TLSSocket(this.#plain, { isServer: true, secureContext: createSecureContext(context) })
    this.#unread = ''
    this.#socket = secured
    this.#listen(secured, (text) => (this.secret += text))
    // The client may reset the connection during the handshake.
    await Promise.race([once(secured, 'secure').catch(() => this.gone), this.gone])
    if (this.#over) throw new ClientLeft()
    this.servername = secured.servername
  }

  end(): void {
    this.#socket.end()
  }

  reset(): void {
    this.#plain.resetAndDestroy()
  }

  /** Writes repeatedly until the client disconnects. */
  async flood(bytes: string): Promise<void> {
    while (!this.#over) {
      this.say(bytes)
      await new Promise((resolve) => setImmediate(resolve))
    }
  }

  /** Writes one byte per turn of the event loop. */
  async drip(text: string): Promise<void> {
    for (const byte of Buffer.from(text)) {
      this.say(Buffer.of(byte))
      await new Promise((resolve) => setImmediate(resolve))
    }
  }

  destroy(): void {
    this.#socket.destroy()
    this.#plain.destroy()
  }

  #listen(socket: Socket, keep: (text: string) => void): void {
    socket.on('error', () => {})
    // With TLS, the underlying socket may not emit `close`.
    socket.once('close', () => this.#end())
    socket.on('data', (chunk: Buffer) => {
      keep(chunk.toString('latin1'))
      this.#unread += chunk.toString('latin1')
      this.#wake()
    })
  }
}

/** The client disconnected before the script was complete. */
class ClientLeft extends Error {}

export type Script = (peer: Peer) => Promise<void> | void

/** A server that runs a script for each connection. Scripts may violate the protocol. */
export interface ScriptedServer extends AsyncDisposable {
  readonly port: number
  /** Every connection so far. */
  readonly peers: readonly Peer[]
  /** Resolves to the first connection. */
  readonly firstPeer: Promise<Peer>
  /** Resolves when every connection so far is closed. */
  readonly quiet: () => Promise<void>
}

export async function serve(script: Script, host = '127.0.0.1', port = 0): Promise<ScriptedServer> {
  const peers: Peer[] = []
  const faults: unknown[] = []
  const first = deferred<Peer>()
  const server = createServer((socket) => {
    const peer = new Peer(socket)
    peers.push(peer)
    first.resolve(peer)
    Promise.resolve(script(peer)).catch((error: unknown) => {
      if (!(error instanceof ClientLeft)) faults.push(error)
      peer.destroy()
    })
  })
  server.listen({ port, host })
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    peers,
    firstPeer: first.promise,
    quiet: async () => void (await Promise.all(peers.map(({ gone }) => gone))),
    async [Symbol.asyncDispose]() {
      for (const peer of peers) peer.destroy()
      server.close()
      await once(server, 'close')
      if (faults.length > 0) throw faults[0]
    },
  }
}

// The login offered before TLS is a trap: clients must ignore it.
const offer = '250-mail.example.com\r\n250-STARTTLS\r\n250-AUTH PLAIN LOGIN\r\n250 SIZE\r\n'

/** Greets, offers STARTTLS and accepts it, up to the start of the handshake. */
export async function upToTls(peer: Peer): Promise<void> {
  peer.say('220 mail.example.com ESMTP\r\n')
  await peer.hear()
  peer.say(offer)
  await peer.hear()
  peer.say('220 2.0.0 go ahead\r\n')
}
