import { EventEmitter, once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { connect as connectTls, type ConnectionOptions } from 'node:tls'
import type { NominalPort, Provider } from '../src/index.ts'

/** Connects as the port expects it: with TLS on 465, in plaintext on the others. */
export async function connectClient(provider: Provider, port: NominalPort, tls: ConnectionOptions = {}): Promise<SmtpClient> {
  const address = { host: provider.host, port: provider.ports[port] }
  if (port !== 465) return new SmtpClient(connect(address), provider)
  const socket = connectTls({ ...address, ca: provider.ca, ...tls })
  await once(socket, 'secureConnect')
  return new SmtpClient(socket, provider)
}

/** An SMTP client that sends and reads single lines, valid or not. */
export class SmtpClient {
  socket: Socket
  /** Everything received so far. */
  received = ''
  /** The number of `data` events so far. */
  chunks = 0
  readonly #provider: Provider
  #readIndex = 0
  readonly #events = new EventEmitter()
  #isClosed = false

  constructor(socket: Socket, provider: Provider) {
    this.#provider = provider
    this.socket = socket
    this.#attach(socket)
  }

  /** Resolves with the next reply, all lines; when the connection closes first, with what was received. */
  async reply(): Promise<string> {
    for (;;) {
      const end = /^\d{3}(?: .*)?\r\n/m.exec(this.received.slice(this.#readIndex))
      if (end || this.#isClosed) {
        const from = this.#readIndex
        this.#readIndex = end ? from + end.index + end[0].length : this.received.length
        return this.received.slice(from, this.#readIndex).trimEnd()
      }
      await once(this.#events, 'change')
    }
  }

  async command(line: string): Promise<string> {
    this.socket.write(`${line}\r\n`)
    return await this.reply()
  }

  /** Resolves with the reply to the encrypted EHLO, after STARTTLS where the port needs it. */
  async startSession(tls: ConnectionOptions = {}): Promise<string> {
    await this.reply()
    if ('encrypted' in this.socket) return await this.command('EHLO client.test')
    await this.command('EHLO client.test')
    await this.command('STARTTLS')
    await this.encrypt(tls)
    return await this.command('EHLO client.test')
  }

  async encrypt(tls: ConnectionOptions = {}): Promise<void> {
    this.socket.removeAllListeners('data')
    const socket = connectTls({ socket: this.socket, host: this.#provider.host, ca: this.#provider.ca, ...tls })
    await once(socket, 'secureConnect')
    this.socket = socket
    this.#attach(socket)
  }

  login({ user, pass } = this.#provider.auth): Promise<string> {
    return this.command(`AUTH PLAIN ${base64(`\0${user}\0${pass}`)}`)
  }

  /** Resolves with the reply to the final dot. */
  async send(subject = 'Hello'): Promise<string> {
    await this.command('MAIL FROM:<app@example.net>')
    await this.command('RCPT TO:<reader@example.net>')
    await this.command('DATA')
    return await this.command(`Subject: ${subject}\r\n\r\nA few words.\r\n.`)
  }

  /** Closes without QUIT. Resolves with everything received until the server has closed too. */
  async end(): Promise<string> {
    this.socket.end()
    await this.closed()
    return this.received
  }

  /** Resolves when either side has closed the connection. */
  async closed(): Promise<void> {
    while (!this.#isClosed) await once(this.#events, 'change')
  }

  /** Resolves once at least `length` characters were received. */
  async receive(length: number): Promise<string> {
    while (this.received.length < length && !this.#isClosed) await once(this.#events, 'change')
    return this.received
  }

  #attach(socket: Socket): void {
    socket.on('data', (chunk) => {
      this.received += chunk.toString('latin1')
      this.chunks += 1
      this.#events.emit('change')
    })
    socket.on('error', () => {})
    socket.on('close', () => {
      this.#isClosed = true
      this.#events.emit('change')
    })
  }
}

export function base64(text: string): string {
  return Buffer.from(text).toString('base64')
}
