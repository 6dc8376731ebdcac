import type { MailMessage } from 'nodemailer'
import { encode as encodeQuotedPrintable, wrap as wrapQuotedPrintable } from 'nodemailer/lib/qp'
import { Base64Lines } from './base64-lines.ts'
import type { Piece } from './composed-body-reader.ts'

type Message = MailMessage['message']

/** What is read of a nodemailer message beside its public interface. */
interface Node extends Pick<Message, 'getTransferEncoding' | 'buildHeaders'> {
  readonly content?: unknown
  readonly contentType?: unknown
  readonly multipart?: unknown
  readonly boundary?: unknown
  readonly childNodes?: readonly Node[]
}

/** The largest content that is taken or encoded in one piece, in octets. Content in base64 may have any size. */
const MOST = 65_536

const CRLF = '\r\n'

/**
 * Composes a message whose contents are all in memory, as nodemailer's `stream` does piece by piece over several turns of the
 * event loop: that takes longer than everything else about a small message. Base64 is encoded when it is read. A test
 * compares the two byte for byte.
 *
 * @returns nothing for a message that has to be read from elsewhere, or has a large content that is not in base64
 */
export function composeInMemory(message: Message): Piece[] | undefined {
  if (!isInMemory(message)) return undefined
  const pieces: Piece[] = []
  let text = ''
  const put = (piece: string | Piece) => {
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

function isInMemory({ content, childNodes = [] }: Node): boolean {
  return (!content || typeof content === 'string' || Buffer.isBuffer(content)) && childNodes.every(isInMemory)
}

/** @returns whether it could be composed */
function compose(node: Node, put: (piece: string | Piece) => void): boolean {
  // Asked for before the headers are built, as it may set one of them.
  const transferEncoding = node.getTransferEncoding()
  put(`${node.buildHeaders()}${CRLF}${CRLF}`)
  const { content, contentType, multipart, boundary, childNodes = [] } = node
  if (content) {
    const encoded = encode(content as string | Buffer, transferEncoding, contentType)
    if (encoded === undefined) return false
    put(encoded)
  }
  if (!multipart) return true
  for (const [index, child] of childNodes.entries()) {
    put(`${index > 0 ? CRLF : ''}--${boundary as string}${CRLF}`)
    if (!compose(child, put)) return false
  }
  put(`${CRLF}--${boundary as string}--${CRLF}`)
  return true
}

/** @returns nothing if it is too large, or nodemailer encodes it in another way */
function encode(content: string | Buffer, transferEncoding: unknown, contentType: unknown): string | Piece | undefined {
  if (transferEncoding === 'base64') return new Base64Lines(octetsOf(content))
  if (content.length > MOST) return undefined
  if (transferEncoding !== 'quoted-printable') return content
  return isUsual(content, contentType) ? wrapQuotedPrintable(encodeQuotedPrintable(octetsOf(content))) : undefined
}

function octetsOf(content: string | Buffer): Buffer {
  return typeof content === 'string' ? Buffer.from(content) : content
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
