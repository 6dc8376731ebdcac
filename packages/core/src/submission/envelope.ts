import { mailFrom, rcptTo } from '../smtp/envelope-commands.ts'
import type { Server } from './server.ts'

/** The delivery status notifications that the sender requests (RFC 3461). */
export interface Dsn {
  /** How much of the message a notification returns: `FULL` or `HDRS`. */
  readonly ret?: string | undefined
  /** The sender's identifier for the envelope. */
  readonly envid?: string | undefined
  /** When to notify: `NEVER`, or a list of `SUCCESS`, `FAILURE` and `DELAY`, separated by commas. */
  readonly notify?: string | undefined
  /** The original recipient, with its address type: `rfc822;ada@example.com`. */
  readonly orcpt?: string | undefined
}

/** The sender and the recipients of one message, for MAIL and RCPT. */
export interface Envelope {
  /** The address for MAIL FROM; empty for the null sender. */
  readonly from: string
  /** The addresses for RCPT TO. */
  readonly to: readonly string[]
  /** The size of the message in octets, if the caller knows it (RFC 1870). */
  readonly size?: number | undefined
  /** Whether the message has octets above 127 (RFC 6152). Postern sets it if it has the whole message in memory. */
  readonly use8BitMime?: boolean | undefined
  readonly dsn?: Dsn | undefined
  /** Whether every relay must use TLS (RFC 8689). */
  readonly requireTls?: boolean | undefined
}

/** A fault of an envelope, found before anything is sent. */
export interface EnvelopeFault {
  readonly code: 'no-recipients' | 'sender' | 'recipient' | 'size' | 'require-tls'
  /** The invalid address, or the size limit of the server in octets. */
  readonly value?: string | number
}

/** CR and LF would start another command; angle brackets would end the address (RFC 5321 §4.1.2). */
// oxlint-disable-next-line no-control-regex -- NUL is forbidden as well (RFC 5321 §4.1.2)
const forbidden = /[\r\n<>\0]/

/** @returns why the envelope cannot be sent to this server, or undefined */
export function findFault({ from, to, size, requireTls }: Envelope, server: Server, knownSize: number | undefined): EnvelopeFault | undefined {
  if (to.length === 0) return { code: 'no-recipients' }
  if (forbidden.test(from)) return { code: 'sender', value: from }
  const wrong = to.find((recipient) => recipient === '' || forbidden.test(recipient))
  if (wrong !== undefined) return { code: 'recipient', value: wrong }
  const largest = Math.max(size ?? 0, knownSize ?? 0)
  if (server.size !== undefined && largest > server.size) return { code: 'size', value: server.size }
  if (requireTls && !(server.requireTls && server.secure)) return { code: 'require-tls' }
  return undefined
}

/** The MAIL command, with the parameters that the server supports. */
export function mailCommand({ from, to, size, dsn, requireTls, use8BitMime }: Envelope, server: Server, knownSize: number | undefined, has8Bit: boolean): string {
  const octets = size ?? knownSize
  let command = mailFrom(from, to, server.smtpUtf8)
  if (server.eightBitMime && (use8BitMime || has8Bit)) command += ' BODY=8BITMIME'
  if (server.hasSize && octets) command += ` SIZE=${octets}`
  if (server.dsn && dsn?.ret) command += ` RET=${xtext(dsn.ret)}`
  if (server.dsn && dsn?.envid) command += ` ENVID=${xtext(dsn.envid)}`
  if (requireTls) command += ' REQUIRETLS'
  return command
}

/** The RCPT command, with the parameters that the server supports. */
export function rcptCommand(recipient: string, dsn: Dsn | undefined, server: Server): string {
  let command = rcptTo(recipient)
  if (server.dsn && dsn?.notify) command += ` NOTIFY=${xtext(dsn.notify)}`
  if (server.dsn && dsn?.orcpt) command += ` ORCPT=${xtext(dsn.orcpt)}`
  return command
}

/** RFC 3461 §4: `+`, `=` and everything but printable ASCII characters is written in hexadecimal. */
function xtext(text: string): string {
  return text.replace(/[^\x21-\x2a\x2c-\x3c\x3e-\x7e]/gu, (character) =>
    [...Buffer.from(character, 'utf8')].map((byte) => `+${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
  )
}
