import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { trusted } from './certificates.ts'

/** The points of the dialogue at which a script can act. `body`: DATA was accepted, and nothing of the message was read yet. */
export type Point = 'greeting' | 'EHLO' | 'AUTH' | 'MAIL' | 'RCPT' | 'DATA' | 'body' | 'end' | 'BDAT' | 'RSET' | 'QUIT' | 'other'

/**
 * What the server does at a point: sends a reply, or calls a function. While the promise of that function is pending, no further
 * command is read.
 */
export type Answer = string | ((peer: MailPeer, line: string) => void | Promise<void>)

export type Script = { readonly [P in Point]?: Answer }

/** Never replies. */
export const hang: Answer = () => new Promise<void>(() => {})
/** Closes the connection with a FIN, and ignores what the client sent. */
export const close: Answer = async (peer) => {
  peer.socket.end()
  await peer.gone
  throw new Gone()
}
export const reset: Answer = async (peer) => {
  peer.socket.resetAndDestroy()
  await peer.gone
  throw new Gone()
}

/** Sends a reply one octet at a time. */
export const drip = (reply: string): Answer => (peer) => peer.drip(reply)
/** Holds a reply back and sends it in one packet with the next one. */
export const held = (reply: string): Answer => (peer) => peer.hold(reply)

/** Uses each answer once, in order, and then repeats the last one. The state is shared by all connections. */
export function inTurn(...answers: readonly Answer[]): Answer {
  let next = 0
  return (peer, line) => peer.answer(answers[Math.min(next++, answers.length - 1)]!, line)
}

const usual: Readonly<Record<Point, Answer>> = {
  greeting: '220 mail.test ready',
  EHLO: (peer) => peer.say(['250-mail.test', ...peer.server.offer.map((line) => `250-${line}`), '250 HELP'].join('\r\n')),
  AUTH: '235 2.7.0 accepted',
  MAIL: '250 2.1.0 sender ok',
  RCPT: '250 2.1.5 recipient ok',
  DATA: '354 go on',
  body: () => {},
  end: '250 2.0.0 queued',
  BDAT: '250 2.0.0 queued as chunk',
  RSET: '250 2.0.0 reset',
  QUIT: (peer) => void peer.socket.end('221 2.0.0 bye\r\n'),
  other: '500 5.5.1 what?',
}

/** The connection ended in the middle of the dialogue. */
class Gone extends Error {}

/** The server's side of one connection. */
export class MailPeer {
  readonly server: MailServer
  readonly socket: Socket
  /** The commands of this connection. */
  readonly lines: string[] = []
  /** The complete messages of this connection, exactly as sent, without the end of data. */
  readonly messages: string[] = []
  /** Received data that no command has consumed yet. Latin-1: one character per octet. */
  unread = ''
  /** The last data written. */
  lastSaid = ''
  /** Resolves when the client has closed the connection. */
  readonly gone: Promise<void>
  readonly #waiting = new Set<() => void>()
  #isGone = false
  #held = ''

  constructor(server: MailServer, socket: Socket) {
    this.server = server
    this.socket = socket
    socket.setNoDelay(true)
    socket.on('error', () => {})
    socket.on('data', (octets: Buffer) => {
      this.unread += octets.toString('latin1')
      this.#wake()
    })
    this.gone = new Promise((resolve) => {
      const onGone = () => {
        this.#isGone = true
        this.#wake()
        resolve()
      }
      // No data can follow a FIN.
      socket.on('end', onGone).on('close', onGone)
    })
  }

  /** Writes the replies that were held back and this reply in one packet. */
  say(reply: string): void {
    this.write(`${this.#held}${reply}\r\n`)
    this.#held = ''
  }

  /** Keeps a reply until the next one is written. */
  hold(reply: string): void {
    this.#held += `${reply}\r\n`
  }

  /** Writes octets. */
  write(octets: string): void {
    this.lastSaid = octets
    if (this.socket.writable) this.socket.write(octets, 'latin1')
  }

  /** Writes a reply one octet at a time, each in a packet of its own. */
  async drip(reply: string): Promise<void> {
    for (const octet of `${reply}\r\n`) {
      this.write(octet)
      await turns(1)
    }
    this.lastSaid = reply
  }

  /** Stops reading, so that the socket buffers fill up. */
  stopReading(): void {
    this.socket.pause()
  }

  /** Waits until the unread data satisfies a condition. */
  async until(condition: (unread: string) => boolean): Promise<void> {
    while (!condition(this.unread)) {
      if (this.#isGone) throw new Gone()
      await new Promise<void>((resolve) => this.#waiting.add(resolve))
    }
  }

  /** Reads the next command. */
  async hear(): Promise<string> {
    await this.until((unread) => unread.includes('\r\n'))
    const line = this.#take(this.unread.indexOf('\r\n'), 2)
    this.lines.push(line)
    this.server.lines.push(line)
    return line
  }

  /** Reads a message up to the end of data. */
  async hearMessage(): Promise<string> {
    const parts: string[] = []
    await this.until((unread) => unread.length >= 3)
    if (this.unread.startsWith('.\r\n')) parts.push(this.#take(0, 3))
    else parts.push(...(await this.#hearToEnd()))
    const message = parts.join('')
    this.#keep(message)
    return message
  }

  async hearChunk(octets: number): Promise<string> {
    await this.until((unread) => unread.length >= octets)
    const chunk = this.#take(octets, 0)
    this.#keep(chunk)
    return chunk
  }

  async answer(answer: Answer, line: string): Promise<void> {
    if (typeof answer === 'string') this.say(answer)
    else await answer(this, line)
  }

  /** Performs the answer of the script at this point, or the default one. */
  async at(point: Point, line = ''): Promise<void> {
    await this.answer(this.server.script[point] ?? usual[point], line)
  }

  /** Consumes the data in parts: searching megabytes from the start for each chunk would block the process. */
  async #hearToEnd(): Promise<string[]> {
    const end = '\r\n.\r\n'
    const parts: string[] = []
    for (;;) {
      const at = this.unread.indexOf(end)
      if (at !== -1) return [...parts, this.#take(at + 2, 3)]
      const kept = end.length - 1
      if (this.unread.length > kept) parts.push(this.#take(this.unread.length - kept, 0))
      await this.until((unread) => unread.length > kept)
    }
  }

  #wake(): void {
    for (const resolve of this.#waiting) resolve()
    this.#waiting.clear()
  }

  #take(length: number, separator: number): string {
    const taken = this.unread.slice(0, length)
    this.unread = this.unread.slice(length + separator)
    return taken
  }

  #keep(message: string): void {
    this.messages.push(message)
    this.server.messages.push(message)
  }
}

const points = new Set<string>(Object.keys(usual))

/** Runs the dialogue of one connection. */
async function converse(peer: MailPeer, isGreeting: boolean): Promise<void> {
  const { server } = peer
  if (isGreeting) await peer.at('greeting')
  for (;;) {
    const line = await peer.hear()
    const verb = line.split(' ')[0]!.toUpperCase()
    if (verb === 'BDAT') {
      await server.onChunk?.(peer, line)
      await peer.hearChunk(Number(line.split(' ')[1]))
      await peer.at('BDAT', line)
    } else if (verb === 'DATA') {
      await peer.at('DATA', line)
      if (!peer.lastSaid.includes('354')) continue
      await peer.at('body', line)
      await peer.hearMessage()
      await peer.at('end', line)
    } else await peer.at(points.has(verb) ? (verb as Point) : 'other', line)
  }
}

export interface MailServerOptions {
  /** The extensions offered in the reply to EHLO. */
  readonly offer?: readonly string[]
  /** Whether connections start with a greeting, and not in the state after a login. @default true */
  readonly isGreeting?: boolean
  /** Whether the server uses implicit TLS. @default false */
  readonly isSecure?: boolean
  readonly port?: number
}

/** A mail server on the loopback interface with a scripted answer for each point of the dialogue. */
export class MailServer implements AsyncDisposable {
  script: Script
  /** The extensions offered in the reply to EHLO. */
  offer: readonly string[]
  /** Called before the octets of a chunk are read. */
  onChunk: ((peer: MailPeer, line: string) => void | Promise<void>) | undefined
  readonly lines: string[] = []
  readonly messages: string[] = []
  /** Every connection so far. */
  readonly peers: MailPeer[] = []
  port = 0
  readonly #faults: unknown[] = []
  readonly #server: Server
  /** Whether the server uses implicit TLS. */
  readonly isSecure: boolean
  readonly #isGreeting: boolean
  #onPeer: () => void = () => {}

  private constructor(script: Script, { offer = [], isGreeting = true, isSecure = false }: MailServerOptions) {
    this.script = script
    this.offer = offer
    this.isSecure = isSecure
    this.#isGreeting = isGreeting
    const welcome = (socket: Socket) => this.#welcome(socket)
    // A failed handshake emits `tlsClientError`, which needs no listener.
    this.#server = isSecure ? createTlsServer({ ...trusted, allowHalfOpen: true }, welcome) : createServer({ allowHalfOpen: true }, welcome)
  }

  static async start(script: Script = {}, options: MailServerOptions = {}): Promise<MailServer> {
    const server = new MailServer(script, options)
    server.#server.listen(options.port ?? 0, '127.0.0.1')
    await once(server.#server, 'listening')
    server.port = (server.#server.address() as AddressInfo).port
    return server
  }

  get connections(): number {
    return this.peers.length
  }

  /** The number of open connections. */
  get open(): number {
    return this.peers.filter(({ socket }) => !socket.destroyed).length
  }

  /** The number of commands with this prefix. */
  count(start: string): number {
    return this.lines.filter((line) => line.startsWith(start)).length
  }

  /** Resolves to the connection with this index. */
  async peer(index = 0): Promise<MailPeer> {
    while (this.peers.length <= index) {
      await new Promise<void>((resolve) => {
        this.#onPeer = resolve
      })
    }
    return this.peers[index]!
  }

  /** Resolves when the client has closed every connection so far. */
  async quiet(): Promise<void> {
    for (const { socket } of this.peers) socket.resume()
    await Promise.all(this.peers.map(({ gone }) => gone))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { socket } of this.peers) socket.destroy()
    this.#server.close()
    await once(this.#server, 'close')
    if (this.#faults.length > 0) throw this.#faults[0]
  }

  #welcome(socket: Socket): void {
    const peer = new MailPeer(this, socket)
    this.peers.push(peer)
    this.#onPeer()
    converse(peer, this.#isGreeting).catch((error: unknown) => {
      if (!(error instanceof Gone)) this.#faults.push(error)
      socket.destroy()
    })
  }
}

/** Reads at 6 MB/s at most, in small steps, for this number of milliseconds. */
export async function readSlowly({ socket }: MailPeer, ms: number): Promise<void> {
  const began = performance.now()
  let left = 0
  const onData = (octets: Buffer) => {
    left -= octets.length
    if (left <= 0) socket.pause()
  }
  socket.on('data', onData)
  while (performance.now() - began < ms && !socket.destroyed) {
    socket.pause()
    await new Promise((resolve) => setTimeout(resolve, 10))
    left = 65_536
    socket.resume()
    // Without the time limit this would wait for ever after the end of the message.
    await until(() => left <= 0 || socket.destroyed || socket.readableEnded || performance.now() - began >= ms)
  }
  socket.off('data', onData).resume()
}

/** Polls until a condition holds, where no event signals it. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await turns(1)
}

/** Waits for this number of turns of the event loop. */
export async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve))
}
