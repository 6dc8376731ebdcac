const CR = 0x0d
const LF = 0x0a
const DOT = 0x2e

const INSERT_CR = Buffer.from('\r')
const INSERT_LF = Buffer.from('\n')
const INSERT_DOT = Buffer.from('.')
const INSERT_LF_DOT = Buffer.from('\n.')

interface Insert {
  /** The position in the buffer. */
  readonly at: number
  /** The octets to insert. */
  readonly octets: Buffer
}

/**
 * Converts every line end of a message to CR LF, and for DATA doubles a dot at the start of a line (RFC 5321 §4.5.2). A bare
 * CR or LF becomes a line end too, which prevents SMTP smuggling: no server can take it for the end of data.
 */
export class LineEnds {
  /** Octets received. */
  received = 0
  /** Octets written. */
  written = 0
  /** The number of doubled dots. */
  dots = 0
  /** Whether an octet was above 127. */
  has8Bit = false
  readonly #stuffsDots: boolean
  #last = LF

  constructor(stuffsDots: boolean) {
    this.#stuffsDots = stuffsDots
  }

  /** Appends a piece of the message to `out`: the piece itself, or a converted copy. */
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
      // Only octets up to CR can need a change. This loop does most of the work for a large message.
      while (at < length && piece[at]! > CR) bits |= piece[at++]!
      last = piece[at - 1]!
    }
    if (bits > 127) this.has8Bit = true
    this.received += length
    this.#last = last
    if (length > 0) this.#put(inserts.length === 0 ? piece : changed(piece, inserts), out)
  }

  /** Completes the last line. */
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

/** A copy with octets inserted. One buffer is far cheaper than one for each line. */
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
