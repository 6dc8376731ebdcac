import { domainToASCII } from 'node:url'
import { refusalFacts } from '../failure/refusal.ts'
import { SmtpError } from '../failure/smtp-error.ts'
import { settingsError } from '../settings/issue.ts'
import type { Locale } from '../text/index.ts'
import type { Reply } from './reply.ts'

/**
 * The addresses for a test of the sender. A text is both sender and recipient.
 *
 * @example
 * const checkSender: SenderCheck = { from: 'app@example.com', to: 'postmaster@example.com' }
 */
export type SenderCheck =
  | string
  | {
      /** The address for MAIL FROM. */
      readonly from: string
      /** The address for RCPT TO. @default the sender */
      readonly to?: string | undefined
    }

/** A valid sender check. */
export interface SenderAndRecipient {
  readonly from: string
  readonly to: string
}

/** No spaces, control characters or angle brackets, which would end the address or the command (RFC 5321 §4.1.2). */
const address = /^[^\s<>\p{Cc}\p{Cs}]{1,256}@[^\s<>@\p{Cc}\p{Cs}]{1,255}$/u

/** Whether `checkSender` accepts this text as an address. */
export function isSenderAddress(text: string): boolean {
  return address.test(text)
}

/** @throws SettingsError for an address that cannot be sent */
export function readSenderCheck(given: SenderCheck, locale?: Locale): SenderAndRecipient {
  const { from, to = from } = typeof given === 'string' ? { from: given } : given
  const wrong = Object.entries({ from, to }).filter(([, value]) => typeof value !== 'string' || !isSenderAddress(value))
  if (wrong.length === 0) return { from: withAsciiDomain(from), to: withAsciiDomain(to) }
  const at = (name: string) => (typeof given === 'string' ? 'checkSender' : `checkSender.${name}`)
  const paths = new Set(wrong.map(([name]) => at(name)))
  throw settingsError([...paths].map((path) => ({ path, code: 'sender-address' })), locale)
}

/** As in the envelope of a message: a server without SMTPUTF8 accepts `ada@grüße.example` in this form only. */
function withAsciiDomain(address: string): string {
  const at = address.lastIndexOf('@') + 1
  return address.slice(0, at) + (domainToASCII(address.slice(at)) || address.slice(at))
}

/** @throws SmtpError unless the server accepted the address */
export function expectAccepted(reply: Reply, stage: 'mail' | 'rcpt', isLoggedIn: boolean): void {
  if (reply.code >= 200 && reply.code < 300) return
  if (reply.code < 400) throw new SmtpError({ code: 'protocol-error', replyCode: reply.code })
  throw new SmtpError(refusalFacts(stage === 'mail' ? 'sender-rejected' : 'recipient-rejected', reply, stage, { isLoggedIn }))
}
