import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { createSecureContext, TLSSocket } from 'node:tls'
import { type Certificates, createCertificates } from '@postern/testing/certificates'

/** The action of the server at a point of the dialogue: a reply, or a function. */
export type Answer = string | ((talk: Talk) => void)

/** The points of the dialogue: the commands by verb, and the states between them. */
export type Point = 'greeting' | 'EHLO' | 'STARTTLS' | 'AUTH' | 'MAIL' | 'RCPT' | 'DATA' | 'body' | 'end' | 'RSET' | 'QUIT'

export type Script = { [P in Point]?: Answer }

export const drop: Answer = ({ socket }) => socket.destroy()
export const hang: Answer = () => {}
/** Raw bytes, then the end of the connection. */
export const last = (bytes: string): Answer => ({ socket }) => socket.end(bytes)

export interface Talk {
  readonly server: ScriptedServer
  readonly socket: Socket
  /** The connection below TLS. */
  readonly raw: Socket
  /** Ends the connection with a TCP reset. */
  readonly reset: () => void
  readonly say: (reply: string) => void
  /** The number of messages on this connection so far. */
  messages: number
}

const usual: Record<Exclude<Point, 'body' | 'STARTTLS'>, Answer> = {
  greeting: '220 scripted.test ready',
  EHLO: '250-scripted.test\r\n250-AUTH PLAIN LOGIN\r\n250 8BITMIME',
  AUTH: '235 2.7.0 accepted',
  MAIL: '250 2.1.0 ok',
  RCPT: '250 2.1.5 ok',
  DATA: '354 go on',
  end: '250 2.0.0 queued',
  RSET: '250 2.0.0 ok',
  QUIT: last('221 2.0.0 bye\r\n'),
}

/** Scripts for one command per reply, and for PIPELINING (RFC 2920). */
export const dialogues: readonly { readonly dialogue: string; readonly offer: Script }[] = [
  { dialogue: 'step by step', offer: {} },
  { dialogue: 'pipelined', offer: { EHLO: '250-scripted.test\r\n250-PIPELINING\r\n250-AUTH PLAIN LOGIN\r\n250 8BITMIME' } },
]

let certificates: Promise<Certificates> | undefined

/** A mail server with scripted replies. */
export class ScriptedServer implements AsyncDisposable {
  script: Script
  /** Every received line, and whether it was encrypted. */
  readonly lines: { readonly line: string; readonly secure: boolean }[] = []
  /** Every complete message. */
  readonly messages: string[] = []
  readonly sockets = new Set<Socket>()
  /** The TLS version of each connection. */
  readonly versions: (string | null)[] = []
  connections = 0
  ca = ''
  port = 0
  readonly #implicit: boolean
  readonly #server = createServer((socket) => this.#welcome(socket))
  #context: ReturnType<typeof createSecureContext> | undefined

  readonly #wantsCertificate: boolean

  private constructor(script: Script, implicit: boolean, wantsCertificate: boolean) {
    this.script = script
    this.#implicit = implicit
    this.#wantsCertificate = wantsCertificate
  }

  /** Speaks TLS from the first byte, or with `STARTTLS` offered in the script plain first; with those alone who have a certificate. */
  static async start(script: Script = {}, { implicit = true, wantsCertificate = false } = {}): Promise<ScriptedServer> {
    const server = new ScriptedServer(script, implicit, wantsCertificate)
    certificates ??= createCertificates('127.0.0.1')
    const authority = await certificates
    server.ca = authority.ca
    server.#context = createSecureContext(await authority.issue('trusted'))
    server.#server.listen(0, '127.0.0.1')
    await once(server.#server, 'listening')
    server.port = (server.#server.address() as AddressInfo).port
    return server
  }

  /** Settings with this server first, and then the others. */
  settings(...others: readonly ScriptedServer[]) {
    return {
      host: '127.0.0.1',
      auth: { user: 'ada@example.net', pass: 'correct horse' },
      tls: { ca: this.ca },
      candidates: [this, ...others].map(({ port, implicit }) => ({ port, security: implicit })),
    }
  }

  get implicit(): 'implicit' | 'starttls' {
    return this.#implicit ? 'implicit' : 'starttls'
  }

  /** The number of lines with this prefix. */
  count(start: string): number {
    return this.lines.filter(({ line }) => line.startsWith(start)).length
  }

  /** Resolves when all connections are closed. */
  async quiet(): Promise<void> {
    await Promise.all([...this.sockets].map((socket) => once(socket, 'close')))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.sockets) socket.destroy()
    this.#server.close()
    await once(this.#server, 'close')
  }

  #welcome(socket: Socket): void {
    this.connections += 1
    this.sockets.add(socket)
    socket.on('error', () => {}).on('close', () => this.sockets.delete(socket))
    this.#converse(this.#implicit ? this.#secure(socket) : socket, socket, true)
  }

  #secure(socket: Socket): Socket {
    const secured = new TLSSocket(socket, {
      isServer: true,
      secureContext: this.#context!,
      requestCert: this.#wantsCertificate,
      rejectUnauthorized: this.#wantsCertificate,
    })
    secured.on('error', () => {}).on('close', () => socket.destroy())
    secured.once('secure', () => this.versions.push(secured.getProtocol()))
    return secured
  }

  #converse(socket: Socket, raw: Socket, greets: boolean): void {
    let text = ''
    let body: string | undefined
    /** The number of bytes written when the last command arrived. */
    let said = -1
    let isAnswering = false
    const talk: Talk = {
      server: this,
      socket,
      raw,
      reset: () => raw.resetAndDestroy(),
      say: (reply) => {
        socket.write(`${reply}\r\n`)
        goOn()
      },
      messages: 0,
    }
    // A pipelined command waits for the reply to the previous one.
    const isReady = () => !socket.writableEnded && !socket.destroyed && socket.bytesWritten > said
    const goOn = () => {
      if (isAnswering) return
      isAnswering = true
      while (isReady() && take());
      isAnswering = false
    }
    /** @returns whether there may be more to take */
    const take = () => {
      if (body === undefined) {
        const end = text.indexOf('\r\n')
        if (end < 0) return false
        const line = text.slice(0, end)
        text = text.slice(end + 2)
        this.lines.push({ line, secure: socket instanceof TLSSocket })
        const point = line.split(' ')[0]!.toUpperCase() as Point
        if (point === 'STARTTLS' && typeof this.script.STARTTLS === 'string') {
          socket.off('data', onData)
          talk.say(this.script.STARTTLS)
          this.#converse(this.#secure(socket), raw, false)
          return false
        }
        said = socket.bytesWritten
        this.#answer(point, talk)
        if (point === 'DATA' && this.script.DATA === undefined) body = ''
      } else {
        if (this.script.body && text !== '') this.#answer('body', talk)
        const end = `\r\n${text}`.indexOf('\r\n.\r\n')
        if (end < 0) return false
        this.messages.push(text.slice(0, end))
        talk.messages += 1
        text = text.slice(end + 3)
        body = undefined
        said = socket.bytesWritten
        this.#answer('end', talk)
      }
      return true
    }
    const onData = (chunk: Buffer) => {
      text += chunk.toString('latin1')
      goOn()
    }
    socket.on('data', onData)
    if (greets) this.#answer('greeting', talk)
  }

  #answer(point: Point, talk: Talk): void {
    const answer = this.script[point] ?? (usual as Script)[point] ?? '500 5.5.1 what?'
    if (typeof answer === 'string') talk.say(answer)
    else answer(talk)
  }
}
