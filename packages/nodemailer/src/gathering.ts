import type { Socket } from 'node:net'

/** How many turns of the event loop the next piece is waited for. nodemailer's streams take two or three between pieces. */
const TURNS = 8

/**
 * nodemailer writes a message in pieces, over a few turns. Those of a message that fits into the socket's buffer go out
 * together: one packet and one TLS record, where there would be two or three.
 */
export class Gathering {
  readonly #socket: Socket
  /** How many turns are left; none while nothing is held back. */
  #turns = 0
  #isCounting = false

  constructor(socket: Socket) {
    this.#socket = socket
  }

  get isHolding(): boolean {
    return this.#turns > 0
  }

  /** A piece of a message is about to be written. */
  begin(): void {
    if (this.#turns === 0) this.#socket.cork()
    this.#turns = TURNS
    if (!this.#isCounting) setImmediate(this.#count)
    this.#isCounting = true
  }

  /** It was. @returns what the socket has said of it: whether there is room for more */
  took(piece: unknown, hasRoom: boolean): boolean {
    if (!hasRoom || isLast(piece)) this.#end()
    return hasRoom
  }

  readonly #count = (): void => {
    if (this.#turns > 1) {
      this.#turns -= 1
      setImmediate(this.#count)
      return
    }
    this.#isCounting = false
    this.#end()
  }

  #end(): void {
    if (this.#turns === 0) return
    this.#turns = 0
    this.#socket.uncork()
  }
}

const DOT = Buffer.from('.\r\n')

/** The end of data (RFC 5321 §4.1.1.4), which nodemailer writes by itself. Whatever else looks like it goes out early. */
function isLast(piece: unknown): boolean {
  return Buffer.isBuffer(piece) && piece.length <= 5 && piece.subarray(-DOT.length).equals(DOT)
}
