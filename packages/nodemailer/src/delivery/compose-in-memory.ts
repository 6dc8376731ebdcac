import type { MailMessage } from 'nodemailer'
import { encode as encodeQuotedPrintable, wrap as wrapQuotedPrintable } from 'nodemailer/lib/qp'
import { Base64Lines } from './base64-lines.ts'
import type { Piece } from './composed-body-reader.ts'

type Message = MailMessage['message']

/** The internal properties of a nodemailer message that are used. */
interface Node extends Pick<Message, 'getTransferEncoding' | 'buildHeaders'> {
  readonly content?: unknown
  readonly contentType?: unknown
  readonly multipart?: unknown
  readonly boundary?: unknown
  readonly childNodes?: readonly Node[]
}

/** The maximum size of content that is copied or encoded at once, in octets. Base64 content may have any size. */
const MOST = 65_536

const CRLF = '\r\n'

/**
 * Composes a message whose content is in memory. The result equals that of nodemailer's `stream`, as a test verifies byte by
 * byte; but `stream` needs several iterations of the event loop, which takes longer than the rest of sending a small message.
 * Base64 is encoded when it is read.
 *
 * @returns undefined if content must be read from elsewhere, or is large and not encoded in base64
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
  // Called before the headers are built, because it may set one of them.
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

/** @returns undefined if it is too large, or if nodemailer would encode it differently */
function encode(content: string | Buffer, transferEncoding: unknown, contentType: unknown): string | Piece | undefined {
  if (transferEncoding === 'base64') return new Base64Lines(octetsOf(content))
  if (content.length > MOST) return undefined
  if (transferEncoding !== 'quoted-printable') return content
  return isUsual(content, contentType) ? wrapQuotedPrintable(encodeQuotedPrintable(octetsOf(content))) : undefined
}

function octetsOf(content: string | Buffer): Buffer {
  return typeof content === 'string' ? Buffer.from(content) : content
}

/** The slice size of nodemailer's encoder, in octets of UTF-8. */
const SLICE = 16_384

/**
 * Whether quoted-printable text can be encoded at once with the same result. nodemailer treats a lone CR or LF differently
 * outside of text types, encodes longer text in slices, and handles trailing white space separately.
 */
function isUsual(content: string | Buffer, contentType: unknown): boolean {
  const last = typeof content === 'string' ? content.at(-1) : content.toString('latin1', content.length - 1)
  return /^text\//i.test(String(contentType)) && Buffer.byteLength(content) <= SLICE && last !== ' ' && last !== '\t'
}
