/** The EHLO keywords that a benchmark varies. */
export interface Offers {
  readonly pipelining: boolean
  readonly chunking: boolean
}

/** What a server has received since its start. */
export interface Counts {
  connections: number
  messages: number
}

/** One SMTP connection, before or after STARTTLS. */
export interface Session {
  /** Reads the bytes of one read and returns all replies to them, to be sent in one write; `upgrade` after the reply to STARTTLS. */
  receive(chunk: Buffer): { readonly replies: string; readonly next: 'upgrade' | 'end' | undefined }
}

export const GREETING = '220 sink.test ESMTP\r\n'

/**
 * Answers correctly and does nothing else, so that a benchmark measures the client. Every login and recipient is
 * accepted; commands may be pipelined, whether or not PIPELINING is offered.
 */
export function createSession({ offers, secure, counts }: { readonly offers: Offers; readonly secure: boolean; readonly counts: Counts }): Session {
  /** An incomplete command line, or in a DATA body the last bytes of the read before. */
  let rest: Buffer = EMPTY
  let inBody = false
  /** Bytes of the current BDAT chunk that have not arrived, and whether it is the last one of its message. */
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
      // The line end of DATA counts as the one before the end of data: a body may be empty.
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

  /** Each reads from a place in what has arrived, and returns the place behind what it has read and a reply. */
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
    const taken = Math.min(missing, chunk.length - at)
    missing -= taken
    return [at + taken, missing === 0 ? endOfChunk() : '']
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

/** Where the bytes after the end of data begin in `chunk`, or -1. The end may have begun in the read before. */
function endOfBody(before: Buffer, chunk: Buffer, from: number): number {
  if (before.length > 0) {
    const seam = Buffer.concat([before, chunk.subarray(from, from + END_OF_DATA.length - 1)])
    const found = seam.indexOf(END_OF_DATA)
    if (found >= 0) return from + found + END_OF_DATA.length - before.length
  }
  const found = chunk.indexOf(END_OF_DATA, from)
  return found < 0 ? -1 : found + END_OF_DATA.length
}

/** The bytes at the end of a read that may be the beginning of the end of data. */
function tailOf(before: Buffer, chunk: Buffer, from: number): Buffer {
  const most = END_OF_DATA.length - 1
  const arrived = chunk.subarray(from)
  return arrived.length >= most ? Buffer.from(arrived.subarray(-most)) : Buffer.concat([before, arrived]).subarray(-most)
}
