import { EventEmitter, once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { connect as connectTls, type ConnectionOptions } from 'node:tls'
import type { NominalPort, Provider } from '../src/index.ts'

/** Talks to a provider line by line, as no mail library would. Opened as the port expects it. */
export async function talk(provider: Provider, port: NominalPort, tls: ConnectionOptions = {}): Promise<Talk> {
  const address = { host: provider.host, port: provider.ports[port] }
  if (port !== 465) return new Talk(connect(address), provider)
  const socket = connectTls({ ...address, ca: provider.ca, ...tls })
  await once(socket, 'secureConnect')
  return new Talk(socket, provider)
}

export class Talk {
  socket: Socket
  /** Everything heard so far. */
  heard = ''
  /** In how many pieces it came. */
  pieces = 0
  readonly #provider: Provider
  #read = 0
  readonly #news = new EventEmitter()
  #over = false

  constructor(socket: Socket, provider: Provider) {
    this.#provider = provider
    this.socket = socket
    this.#attach(socket)
  }

  /** The next reply, all its lines; what there is when the connection ends before. */
  async reply(): Promise<string> {
    for (;;) {
      const end = /^\d{3}(?: .*)?\r\n/m.exec(this.heard.slice(this.#read))
      if (end || this.#over) {
        const from = this.#read
        this.#read = end ? from + end.index + end[0].length : this.heard.length
        return this.heard.slice(from, this.#read).trimEnd()
      }
      await once(this.#news, 'news')
    }
  }

  async say(line: string): Promise<string> {
    this.socket.write(`${line}\r\n`)
    return await this.reply()
  }

  /** Up to and with an encrypted EHLO, whatever kind of port it is. */
  async open(tls: ConnectionOptions = {}): Promise<string> {
    await this.reply()
    if ('encrypted' in this.socket) return await this.say('EHLO client.test')
    await this.say('EHLO client.test')
    await this.say('STARTTLS')
    await this.encrypt(tls)
    return await this.say('EHLO client.test')
  }

  async encrypt(tls: ConnectionOptions = {}): Promise<void> {
    this.socket.removeAllListeners('data')
    const socket = connectTls({ socket: this.socket, host: this.#provider.host, ca: this.#provider.ca, ...tls })
    await once(socket, 'secureConnect')
    this.socket = socket
    this.#attach(socket)
  }

  login({ user, pass } = this.#provider.auth): Promise<string> {
    return this.say(`AUTH PLAIN ${base64(`\0${user}\0${pass}`)}`)
  }

  /** Up to and with the final dot, whose reply it gives. */
  async send(subject = 'Hello'): Promise<string> {
    await this.say('MAIL FROM:<app@example.net>')
    await this.say('RCPT TO:<reader@example.net>')
    await this.say('DATA')
    return await this.say(`Subject: ${subject}\r\n\r\nA few words.\r\n.`)
  }

  /** Says goodbye without a word, and gives all that was heard until the other side had gone too. */
  async leave(): Promise<string> {
    this.socket.end()
    await this.ended()
    return this.heard
  }

  /** Until the connection is over, whoever ends it. */
  async ended(): Promise<void> {
    while (!this.#over) await once(this.#news, 'news')
  }

  /** Until at least this many characters were heard. */
  async hears(length: number): Promise<string> {
    while (this.heard.length < length && !this.#over) await once(this.#news, 'news')
    return this.heard
  }

  #attach(socket: Socket): void {
    socket.on('data', (chunk) => {
      this.heard += chunk.toString('latin1')
      this.pieces += 1
      this.#news.emit('news')
    })
    socket.on('error', () => {})
    socket.on('close', () => {
      this.#over = true
      this.#news.emit('news')
    })
  }
}

export function base64(text: string): string {
  return Buffer.from(text).toString('base64')
}
