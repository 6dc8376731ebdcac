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
  receive(chunk: Buffer): { readonly replies: string; readonly next?: 'upgrade' | 'end' }
}

export const GREETING = '220 sink.test ESMTP\r\n'

/**
 * Answers correctly and does nothing else, so that a benchmark measures the client. Every login and recipient is
 * accepted; commands may be pipelined, whether or not PIPELINING is offered.
 */
export function createSession({ offers, secure, counts }: { readonly offers: Offers; readonly secure: boolean; readonly counts: Counts }): Session {
  const ehloReply = replyToEhlo(offers, secure)
  /** An incomplete command line, or in a DATA body the last bytes of the read before. */
  let rest: Buffer = EMPTY
  let inBody = false
  /** Bytes of the current BDAT chunk that have not arrived, and whether it is the last one of its message. */
  let [chunkBytes, lastChunk] = [0, false]

  const receive: Session['receive'] = (chunk) => {
    let replies = ''
    let at = 0
    while (at < chunk.length) {
      if (inBody) {
        const end = endOfBody(rest, chunk, at)
        if (end < 0) {
          rest = tailOf(rest, chunk, at)
          break
        }
        at = end
        inBody = false
        rest = EMPTY
        counts.messages++
        replies += ACCEPTED
      } else if (chunkBytes > 0) {
        const taken = Math.min(chunkBytes, chunk.length - at)
        at += taken
        chunkBytes -= taken
        if (chunkBytes === 0) replies += endOfChunk()
      } else {
        const lineEnd = chunk.indexOf(LINE_FEED, at)
        if (lineEnd < 0) {
          rest = Buffer.concat([rest, chunk.subarray(at)])
          break
        }
        const line = rest.toString('latin1') + chunk.toString('latin1', at, lineEnd)
        at = lineEnd + 1
        rest = EMPTY
        const verb = line.slice(0, 4).toUpperCase()
        if (verb === 'EHLO') replies += ehloReply
        else if (verb === 'AUTH') replies += '235 2.7.0 Accepted\r\n'
        else if (verb === 'DATA') {
          replies += '354 Go ahead\r\n'
          inBody = true
          // The line end of DATA counts as the one before the end of data: a body may be empty.
          rest = CRLF
        } else if (verb === 'BDAT' && offers.chunking) {
          const [, size = '0', last] = line.trim().split(' ')
          chunkBytes = Number(size)
          lastChunk = last?.toUpperCase() === 'LAST'
          if (chunkBytes === 0) replies += endOfChunk()
        } else if (verb === 'STAR' && !secure) return { replies: `${replies}220 2.0.0 Ready\r\n`, next: 'upgrade' }
        else if (verb === 'QUIT') return { replies: `${replies}221 2.0.0 Bye\r\n`, next: 'end' }
        else replies += KNOWN.has(verb) ? '250 2.0.0 Ok\r\n' : '500 5.5.2 Unknown\r\n'
      }
    }
    return { replies }
  }

  function endOfChunk(): string {
    if (!lastChunk) return '250 2.0.0 Ok\r\n'
    counts.messages++
    return ACCEPTED
  }

  return { receive }
}

const EMPTY = Buffer.alloc(0)
const CRLF = Buffer.from('\r\n')
const END_OF_DATA = Buffer.from('\r\n.\r\n')
const LINE_FEED = 0x0a
const ACCEPTED = '250 2.0.0 Accepted\r\n'
const KNOWN = new Set(['MAIL', 'RCPT', 'RSET', 'NOOP'])

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
