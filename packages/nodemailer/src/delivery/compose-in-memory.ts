import type { MailMessage } from 'nodemailer'
import { encode as encodeBase64, wrap as wrapBase64 } from 'nodemailer/lib/base64'
import { encode as encodeQuotedPrintable, wrap as wrapQuotedPrintable } from 'nodemailer/lib/qp'

type Message = MailMessage['message']

/** What is read of a nodemailer message beside its public interface. */
interface Node extends Pick<Message, 'getTransferEncoding' | 'buildHeaders'> {
  readonly content?: unknown
  readonly contentType?: unknown
  readonly multipart?: unknown
  readonly boundary?: unknown
  readonly childNodes?: readonly Node[]
}

/** The largest content that is composed at once, in octets. */
const MOST = 65_536

const CRLF = '\r\n'

/**
 * Composes a message whose contents are all in memory, as nodemailer's `stream` does piece by piece over several turns of the
 * event loop: that takes longer than everything else about a small message. A test compares the two byte for byte.
 *
 * @returns nothing for a message that has to be read, or is large
 */
export function composeInMemory(message: Message): Buffer[] | undefined {
  if (sizeOf(message) > MOST) return undefined
  const pieces: Buffer[] = []
  let text = ''
  const put = (piece: string | Buffer) => {
    if (typeof piece === 'string') text += piece
    else {
      if (text) pieces.push(Buffer.from(text))
      text = ''
      pieces.push(piece)
    }
  }
  if (!compose(message, put)) return undefined
  if (text) pieces.push(Buffer.from(text))
  return pieces
}

/** The octets of the contents; `Infinity` where one is not in memory. */
function sizeOf({ content, childNodes = [] }: Node): number {
  let size = 0
  if (typeof content === 'string') size = content.length
  else if (Buffer.isBuffer(content)) size = content.length
  else if (content) return Infinity
  for (const child of childNodes) size += sizeOf(child)
  return size
}

/** @returns whether it could be composed */
function compose(node: Node, put: (piece: string | Buffer) => void): boolean {
  // Asked for before the headers are built, as it may set one of them.
  const transferEncoding = node.getTransferEncoding()
  put(`${node.buildHeaders()}${CRLF}${CRLF}`)
  const { content, contentType, multipart, boundary, childNodes = [] } = node
  if (content && transferEncoding === 'quoted-printable' && !isUsual(content as string | Buffer, contentType)) return false
  if (content) put(encoded(content as string | Buffer, transferEncoding))
  if (!multipart) return true
  for (const [index, child] of childNodes.entries()) {
    put(`${index > 0 ? CRLF : ''}--${boundary as string}${CRLF}`)
    if (!compose(child, put)) return false
  }
  put(`${CRLF}--${boundary as string}--${CRLF}`)
  return true
}

/** What nodemailer's encoder takes at once, in octets of UTF-8. */
const SLICE = 16_384

/**
 * Whether quoted-printable text can be encoded in one go. Outside of text nodemailer encodes a lone CR or LF in another way;
 * a longer text it encodes in slices, and white space at the end by itself.
 */
function isUsual(content: string | Buffer, contentType: unknown): boolean {
  const last = typeof content === 'string' ? content.at(-1) : content.toString('latin1', content.length - 1)
  return /^text\//i.test(String(contentType)) && Buffer.byteLength(content) <= SLICE && last !== ' ' && last !== '\t'
}

function encoded(content: string | Buffer, transferEncoding: unknown): string | Buffer {
  if (transferEncoding !== 'base64' && transferEncoding !== 'quoted-printable') return content
  const octets = typeof content === 'string' ? Buffer.from(content) : content
  if (transferEncoding === 'base64') return wrapBase64(encodeBase64(octets))
  return wrapQuotedPrintable(encodeQuotedPrintable(octets))
}
