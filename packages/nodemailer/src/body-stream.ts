import { PassThrough, type Readable } from 'node:stream'
import type { MailMessage } from 'nodemailer'
import MimeNode from 'nodemailer/lib/mime-node'

type Message = MailMessage['message']

/** What nodemailer keeps in a message. */
interface Kept {
  readonly _transforms?: unknown
  readonly _processFuncs?: unknown
  readonly newline?: unknown
  readonly content?: unknown
  /** A message that was handed over ready-made. */
  readonly _raw?: unknown
  readonly childNodes?: readonly Kept[]
}

/**
 * How a message is read. nodemailer's `createReadStream` joins its stages with `pipeline`, also where there is but one
 * beside the message itself: the one that ends its last line, as SMTP's end of data does anyway. That makes an
 * `AbortController` for each message, and a `DOMException` with its stack when it is through: a fifth of all that sending
 * costs. So the message is written straight into the stream, unless something was put between: DKIM, a plug-in's transform.
 */
export function bodyStreamOf(message: Message): Message['createReadStream'] {
  const create = message.createReadStream.bind(message)
  // A plug-in may have given it another, be it its own or its class's.
  if (Reflect.get(message, 'createReadStream') !== genuine) return create
  return (options) => (isPlain(message) ? straightFrom(message, options) : create(options))
}

function straightFrom(message: Message, options: Parameters<Message['createReadStream']>[0] = {}): Readable {
  // nodemailer does not always come to listen to it, and an error that nobody listens to ends the process.
  const stream = new PassThrough(options).on('error', () => {})
  message.stream(stream, options, (error) => {
    if (error) stream.destroy(error)
    else stream.end()
  })
  return stream
}

const genuine: unknown = Reflect.get(MimeNode.prototype, 'createReadStream')

/**
 * Whether nothing stands between the message and its reader, and no stream in it is to be released when it is not read. One
 * that is ready-made may be empty, and then only nodemailer's last line end shows that it was read.
 */
function isPlain(message: Kept): boolean {
  const { _transforms: transforms, _processFuncs: processFuncs, _raw: raw, newline } = message
  return isEmpty(transforms) && isEmpty(processFuncs) && !raw && !newline && !isOneShot(message)
}

function isEmpty(list: unknown): boolean {
  return Array.isArray(list) && list.length === 0
}

/** Whether there is a stream in a message. It is filled in as soon as the message is made, and then it is spent. */
export function isOneShot({ content, _raw: raw, childNodes = [] }: Kept): boolean {
  return isStream(content) || isStream(raw) || childNodes.some(isOneShot)
}

function isStream(content: unknown): boolean {
  return typeof (content as { readonly pipe?: unknown } | null | undefined)?.pipe === 'function'
}
