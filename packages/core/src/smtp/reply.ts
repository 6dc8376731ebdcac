import { SmtpError } from '../failure/smtp-error.ts'

/** A complete SMTP reply (RFC 5321 §4.2). */
export interface Reply {
  readonly code: number
  /** The enhanced status code (RFC 3463), if there is one: `5.7.8`. */
  readonly enhancedCode: string | undefined
  /** The text of each line, without the code and the separator. */
  readonly lines: readonly string[]
}

/** A reply as the server sent it, lines separated by LF. */
export function formatReply({ code, lines }: Reply): string {
  return lines.map((text, index) => `${code}${index < lines.length - 1 ? '-' : ' '}${text}`).join('\n')
}

/** RFC 5321 §4.5.3.1.5 asks for 512 octets a line; a SASL challenge may take 12,288 (RFC 4954 §4). */
const MAX_LINE = 12_288
/** Far above what real servers send. */
const MAX_LINES = 256
const MAX_REPLY = 65_536

const LF = 0x0a
const CR = 0x0d
const replyLine = /^([2-5]\d\d)(?:([ -])(.*))?$/s
const enhanced = /^([245]\.\d{1,3}\.\d{1,3})(?:\s|$)/

/**
 * Parses the server's bytes into replies, strictly: only CR LF ends a line, every line of a reply has the same code, and
 * line length, line count and reply size are limited. The result does not depend on how the bytes were split into chunks.
 */
export class ReplyParser {
  readonly #maxReply: number
  #line: Buffer[] = []
  #lineLength = 0
  #replyLength = 0
  #code: number | undefined
  #lines: string[] = []

  /** @param maxReply the largest reply in octets */
  constructor(maxReply = MAX_REPLY) {
    this.#maxReply = Math.min(maxReply, MAX_REPLY)
  }

  /**
   * Consumes bytes up to the end of the first complete reply.
   *
   * @returns the reply, if one is complete, and the bytes after it
   * @throws SmtpError `protocol-error`, `reply-too-large`
   */
  push(chunk: Buffer): { readonly reply: Reply | undefined; readonly rest: Buffer } {
    let rest = chunk
    while (rest.length > 0) {
      const end = rest.indexOf(LF)
      const part = end === -1 ? rest : rest.subarray(0, end + 1)
      rest = rest.subarray(part.length)
      this.#take(part)
      if (end === -1) break
      const reply = this.#endLine()
      if (reply) return { reply, rest }
    }
    return { reply: undefined, rest }
  }

  /** Whether part of a reply was received. */
  get partial(): boolean {
    return this.#lineLength > 0 || this.#code !== undefined
  }

  #take(part: Buffer): void {
    this.#line.push(part)
    this.#lineLength += part.length
    this.#replyLength += part.length
    if (this.#lineLength > MAX_LINE || this.#replyLength > this.#maxReply) throw new SmtpError({ code: 'reply-too-large' })
  }

  #endLine(): Reply | undefined {
    const bytes = this.#line.length === 1 ? this.#line[0]! : Buffer.concat(this.#line, this.#lineLength)
    this.#line = []
    this.#lineLength = 0
    // A bare CR or LF does not end a line (RFC 5321 §2.3.8); accepting one would allow reply smuggling.
    if (bytes.indexOf(CR) !== bytes.length - 2) throw new SmtpError({ code: 'protocol-error' })

    const match = replyLine.exec(decode(bytes.subarray(0, -2)))
    const code = Number(match?.[1])
    if (!match || (this.#code !== undefined && this.#code !== code)) throw new SmtpError({ code: 'protocol-error' })
    this.#lines.push(match[3] ?? '')
    this.#code = code
    if (match[2] !== '-') return this.#endReply(code)
    if (this.#lines.length >= MAX_LINES) throw new SmtpError({ code: 'reply-too-large' })
    return undefined
  }

  #endReply(code: number): Reply {
    const lines = this.#lines
    this.#lines = []
    this.#code = undefined
    this.#replyLength = 0
    return { code, enhancedCode: enhanced.exec(lines[0] ?? '')?.[1], lines }
  }
}

/** One character of UTF-8 that takes several octets. */
const multibyte = /[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}/g

/** UTF-8 (RFC 6531); octets that are none are read as Latin 1, which older servers write. Text in UTF-8 beside them stays as it is, so that a secret in it is recognised. */
function decode(bytes: Buffer): string {
  const text = bytes.toString('utf8')
  if (!text.includes('\ufffd')) return text
  return bytes.toString('latin1').replace(multibyte, (octets) => Buffer.from(octets, 'latin1').toString('utf8'))
}
