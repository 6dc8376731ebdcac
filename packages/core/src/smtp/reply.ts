import { SmtpError } from '../failure/smtp-error.ts'

/** A complete reply of the server (RFC 5321 §4.2). */
export interface Reply {
  readonly code: number
  /** The enhanced status code (RFC 3463), where there is one: `5.7.8`. */
  readonly enhancedCode: string | undefined
  /** The text of each line, without code and separator. */
  readonly lines: readonly string[]
}

/** A reply as the server sent it, lines separated by LF. */
export function formatReply({ code, lines }: Reply): string {
  return lines.map((text, index) => `${code}${index < lines.length - 1 ? '-' : ' '}${text}`).join('\n')
}

/** RFC 5321 §4.5.3.1.5 asks for 512 octets a line; a SASL challenge may take 12,288 (RFC 4954 §4). */
const MAX_LINE = 12_288
/** No server that means well has come near either of these. */
const MAX_LINES = 256
const MAX_REPLY = 65_536

const LF = 0x0a
const CR = 0x0d
const replyLine = /^([2-5]\d\d)(?:([ -])(.*))?$/s
const enhanced = /^([245]\.\d{1,3}\.\d{1,3})(?:\s|$)/

/**
 * Cuts the stream of the server's bytes into replies, strictly: lines end with CR LF and nothing else, every line of a
 * reply has the same code, and everything has a limit. How the bytes were split on their way makes no difference.
 */
export class ReplyParser {
  readonly #most: number
  #line: Buffer[] = []
  #lineLength = 0
  #replyLength = 0
  #code: number | undefined
  #lines: string[] = []

  /** @param most the largest reply in octets */
  constructor(most = MAX_REPLY) {
    this.#most = Math.min(most, MAX_REPLY)
  }

  /**
   * Takes bytes up to the end of the first complete reply.
   *
   * @returns the reply, if the bytes completed one, and what lies behind it
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

  /** Whether a reply has begun and not ended. */
  get partial(): boolean {
    return this.#lineLength > 0 || this.#code !== undefined
  }

  #take(part: Buffer): void {
    this.#line.push(part)
    this.#lineLength += part.length
    this.#replyLength += part.length
    if (this.#lineLength > MAX_LINE || this.#replyLength > this.#most) throw new SmtpError({ code: 'reply-too-large' })
  }

  #endLine(): Reply | undefined {
    const bytes = this.#line.length === 1 ? this.#line[0]! : Buffer.concat(this.#line, this.#lineLength)
    this.#line = []
    this.#lineLength = 0
    // A CR or LF that stands alone is no line end (RFC 5321 §2.3.8); reading it as one invites smuggled replies.
    if (bytes.indexOf(CR) !== bytes.length - 2) throw new SmtpError({ code: 'protocol-error' })

    const match = replyLine.exec(bytes.toString('utf8', 0, bytes.length - 2))
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
