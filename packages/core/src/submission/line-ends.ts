const CR = 0x0d
const LF = 0x0a
const DOT = 0x2e

const INSERT_CR = Buffer.from('\r')
const INSERT_LF = Buffer.from('\n')
const INSERT_DOT = Buffer.from('.')
const INSERT_LF_DOT = Buffer.from('\n.')

interface Insert {
  /** The position in the piece. */
  readonly at: number
  /** What goes in there. */
  readonly octets: Buffer
}

/**
 * Makes every line end of a message CR LF, and for DATA doubles the dot that begins a line (RFC 5321 §4.5.2). A bare CR or LF
 * becomes a line end, so that no server sees an end of data where there is none (SMTP smuggling).
 */
export class LineEnds {
  /** Octets that came in. */
  received = 0
  /** Octets that went out. */
  written = 0
  /** Dots that were doubled. */
  dots = 0
  /** Whether an octet above 127 has come. */
  has8Bit = false
  readonly #stuffsDots: boolean
  #last = LF

  constructor(stuffsDots: boolean) {
    this.#stuffsDots = stuffsDots
  }

  /** Appends a piece of the message to `out`: the piece itself, or one changed copy of it. */
  push(piece: Buffer, out: Buffer[]): void {
    const stuffs = this.#stuffsDots
    const { length } = piece
    const inserts: Insert[] = []
    let last = this.#last
    let bits = 0
    let at = 0
    while (at < length) {
      const byte = piece[at]!
      bits |= byte
      let octets: Buffer | undefined
      if (byte === LF) {
        if (last !== CR) octets = INSERT_CR
      } else if (last === CR) octets = stuffs && byte === DOT ? INSERT_LF_DOT : INSERT_LF
      else if (stuffs && byte === DOT && last === LF) octets = INSERT_DOT
      if (octets) {
        if (octets === INSERT_DOT || octets === INSERT_LF_DOT) this.dots += 1
        inserts.push({ at, octets })
      }
      last = byte
      at++
      if (byte <= CR) continue
      // Within a line nothing above CR matters. This loop is most of the work on a large message.
      while (at < length && piece[at]! > CR) bits |= piece[at++]!
      last = piece[at - 1]!
    }
    if (bits > 127) this.has8Bit = true
    this.received += length
    this.#last = last
    if (length > 0) this.#put(inserts.length === 0 ? piece : changed(piece, inserts), out)
  }

  /** Appends what completes the last line. */
  end(out: Buffer[]): void {
    if (this.#last === CR) this.#put(INSERT_LF, out)
    else if (this.#last !== LF) this.#put(CRLF, out)
    this.#last = LF
  }

  #put(bytes: Buffer, out: Buffer[]): void {
    this.written += bytes.length
    out.push(bytes)
  }
}

const CRLF = Buffer.from('\r\n')

/** A copy with octets put in. One buffer: a piece for each line of a message would cost far more than the copy. */
function changed(piece: Buffer, inserts: readonly Insert[]): Buffer {
  const added = inserts.reduce((sum, { octets }) => sum + octets.length, 0)
  const copy = Buffer.allocUnsafe(piece.length + added)
  let from = 0
  let to = 0
  for (const { at, octets } of inserts) {
    to += piece.copy(copy, to, from, at)
    to += octets.copy(copy, to)
    from = at
  }
  piece.copy(copy, to, from)
  return copy
}
