/** The EHLO keywords that a benchmark varies. */
export interface Offers {
  readonly pipelining: boolean
  readonly chunking: boolean
}

/** Totals since the start of the server. */
export interface Counts {
  connections: number
  messages: number
}

/** The SMTP state of one connection, before or after STARTTLS. */
export interface Session {
  /** Processes the bytes of one read and returns all replies, to be sent in one write. `upgrade` follows the reply to STARTTLS. */
  receive(chunk: Buffer): { readonly replies: string; readonly next: 'upgrade' | 'end' | undefined }
}

export const GREETING = '220 sink.test ESMTP\r\n'

/**
 * A minimal SMTP server, so that a benchmark measures the client. It accepts every login and recipient, and pipelined
 * commands even if PIPELINING is not offered.
 */
export function createSession({ offers, secure, counts }: { readonly offers: Offers; readonly secure: boolean; readonly counts: Counts }): Session {
  /** An incomplete command line, or in a DATA body the last bytes of the previous read. */
  let rest: Buffer = EMPTY
  let inBody = false
  /** Bytes of the current BDAT chunk still to come, and whether it is the message's last chunk. */
  let [missing, isLast] = [0, false]
  let next: 'upgrade' | 'end' | undefined

  const accept = (): string => {
    counts.messages++
    return '250 2.0.0 Accepted\r\n'
  }
  const endOfChunk = (): string => (isLast ? accept() : OK)

  const ehloReply = replyToEhlo(offers, secure)
  const commands: Readonly<Record<string, (line: string) => string>> = {
    EHLO: () => ehloReply,
    AUTH: () => '235 2.7.0 Accepted\r\n',
    MAIL: () => OK,
    RCPT: () => OK,
    RSET: () => OK,
    NOOP: () => OK,
    DATA() {
      inBody = true
      // The CRLF of the DATA command starts the end of data of an empty body.
      rest = CRLF
      return '354 Go ahead\r\n'
    },
    QUIT() {
      next = 'end'
      return '221 2.0.0 Bye\r\n'
    },
    ...(offers.chunking && {
      BDAT(line) {
        const [, size, last] = line.trim().split(' ')
        missing = Number(size)
        isLast = last?.toUpperCase() === 'LAST'
        return missing === 0 ? endOfChunk() : ''
      },
    }),
    ...(!secure && {
      STAR() {
        next = 'upgrade'
        return '220 2.0.0 Ready\r\n'
      },
    }),
  }

  /** Readers start at an index of the chunk and return the index after the bytes they consumed, and a reply. */
  const readCommand: Reader = (chunk, at) => {
    const lineEnd = chunk.indexOf(LINE_FEED, at)
    if (lineEnd < 0) {
      rest = Buffer.concat([rest, chunk.subarray(at)])
      return [chunk.length, '']
    }
    const line = rest.toString('latin1') + chunk.toString('latin1', at, lineEnd)
    rest = EMPTY
    return [lineEnd + 1, commands[line.slice(0, 4).toUpperCase()]?.(line) ?? '500 5.5.2 Unknown\r\n']
  }
  const readBody: Reader = (chunk, at) => {
    const end = endOfBody(rest, chunk, at)
    rest = end < 0 ? tailOf(rest, chunk, at) : EMPTY
    if (end < 0) return [chunk.length, '']
    inBody = false
    return [end, accept()]
  }
  const readChunk: Reader = (chunk, at) => {
    const consumed = Math.min(missing, chunk.length - at)
    missing -= consumed
    return [at + consumed, missing === 0 ? endOfChunk() : '']
  }

  return {
    receive(chunk) {
      let [replies, at] = ['', 0]
      while (at < chunk.length) {
        const read = inBody ? readBody : missing > 0 ? readChunk : readCommand
        const [end, reply] = read(chunk, at)
        at = end
        replies += reply
        if (next) break
      }
      return { replies, next }
    },
  }
}

type Reader = (chunk: Buffer, at: number) => readonly [end: number, reply: string]

const EMPTY = Buffer.alloc(0)
const CRLF = Buffer.from('\r\n')
const END_OF_DATA = Buffer.from('\r\n.\r\n')
const LINE_FEED = 0x0a
const OK = '250 2.0.0 Ok\r\n'

function replyToEhlo({ pipelining, chunking }: Offers, secure: boolean): string {
  const keywords = ['8BITMIME', 'SIZE 104857600', 'ENHANCEDSTATUSCODES']
  if (pipelining) keywords.push('PIPELINING')
  if (chunking) keywords.push('CHUNKING')
  keywords.push(secure ? 'AUTH PLAIN' : 'STARTTLS')
  return ['sink.test', ...keywords].map((text, index) => `250${index === keywords.length ? ' ' : '-'}${text}\r\n`).join('')
}

/** The index after the end of data in `chunk`, or -1. The end of data may have started in the previous read. */
function endOfBody(before: Buffer, chunk: Buffer, from: number): number {
  if (before.length > 0) {
    const seam = Buffer.concat([before, chunk.subarray(from, from + END_OF_DATA.length - 1)])
    const found = seam.indexOf(END_OF_DATA)
    if (found >= 0) return from + found + END_OF_DATA.length - before.length
  }
  const found = chunk.indexOf(END_OF_DATA, from)
  return found < 0 ? -1 : found + END_OF_DATA.length
}

/** The last bytes of a read, which may start the end of data. */
function tailOf(before: Buffer, chunk: Buffer, from: number): Buffer {
  const length = END_OF_DATA.length - 1
  const received = chunk.subarray(from)
  return received.length >= length ? Buffer.from(received.subarray(-length)) : Buffer.concat([before, received]).subarray(-length)
}
