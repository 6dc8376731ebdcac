/** Octets of content per line, and octets of the line with its line end (RFC 2045 §6.8). */
const CONTENT = 57
const LINE = 78

/**
 * Encodes content as base64 in lines of 76 characters, part by part. The last line has no line end.
 *
 * Each 12 bits are encoded with a table of two characters per entry. Node encodes without line ends, and splitting its text
 * into lines takes ten times as long.
 */
export class Base64Lines {
  readonly #content: Uint8Array
  #at = 0

  constructor(content: Uint8Array) {
    this.#content = content
  }

  get isEnded(): boolean {
    return this.#at >= this.#content.length
  }

  /** Returns the next lines: about this many octets, but at least one line. */
  take(octets: number): Buffer {
    const left = this.#content.length - this.#at
    const lines = Math.max(Math.ceil(octets / LINE), 1)
    // Node encodes the last line, which may be shorter and has no line end.
    const full = Math.max(Math.min(lines, Math.ceil(left / CONTENT) - 1), 0)
    const made = this.#takeFullLines(full)
    if (full === lines) return made
    const last = Buffer.from(this.#content.buffer, this.#content.byteOffset + this.#at, left - full * CONTENT)
    this.#at = this.#content.length
    return Buffer.concat([made, Buffer.from(last.toString('base64'), 'latin1')])
  }

  #takeFullLines(count: number): Buffer {
    const content = this.#content
    const lines = Buffer.allocUnsafeSlow(count * LINE)
    const pairs = new Uint16Array(lines.buffer)
    let at = this.#at
    let to = 0
    for (let line = 0; line < count; line++) {
      for (const end = at + CONTENT; at < end; at += 3) {
        const bits = (content[at]! << 16) | (content[at + 1]! << 8) | content[at + 2]!
        pairs[to++] = PAIRS[bits >> 12]!
        pairs[to++] = PAIRS[bits & 0xfff]!
      }
      pairs[to++] = CRLF
    }
    this.#at = at
    return lines
  }
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

/** The two characters for each 12 bits, in the byte order of this machine. */
const PAIRS = new Uint16Array(Uint8Array.from({ length: 8_192 }, (_, index) => ALPHABET.charCodeAt(index % 2 === 0 ? index >> 7 : (index >> 1) & 63)).buffer)
const CRLF = new Uint16Array(Uint8Array.of(0x0d, 0x0a).buffer)[0]!
