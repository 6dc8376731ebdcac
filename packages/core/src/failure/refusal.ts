import type { FailureCode, FailureFacts, Stage } from './failure.ts'
import { isRateLimit, retryAfterIn, type ServerReply, textOfReply } from './rate-limit.ts'
import { reasonOfRefusal, type RefusedLogin } from './refused-login.ts'

/** What is known about a refusal beside the reply. */
export interface RefusalContext {
  /** Whether a login was accepted on the connection. @default false */
  readonly isLoggedIn?: boolean | undefined
  /** The login, if it is what was refused. */
  readonly login?: (RefusedLogin & { readonly provider?: string | undefined }) | undefined
}

/**
 * The cause of a 4yz or 5yz reply.
 *
 * @param usual the code where the reply says nothing more specific
 */
export function refusalFacts(usual: FailureCode, reply: ServerReply, stage: Stage, { isLoggedIn = false, login = {} }: RefusalContext = {}): Omit<FailureFacts, 'stage'> {
  const isLimit = isRateLimit(reply, stage)
  // Greylisting servers name a time as well.
  const retryAfter = isLimit || reply.code < 500 ? retryAfterIn(reply) : undefined
  const facts = { replyCode: reply.code, enhancedCode: reply.enhancedCode, retryAfter }
  if (isLimit) return { ...facts, code: 'rate-limited' }
  const code = inTransaction.has(stage) ? transactionCode(usual, reply, stage, isLoggedIn) : usual
  if (code !== 'auth-rejected') return { ...facts, code }
  const { provider, kinds } = login
  return { ...facts, code, reason: reasonOfRefusal(reply, login), ...(provider && kinds && { accepts: { provider, kinds } }) }
}

const inTransaction: ReadonlySet<Stage> = new Set(['mail', 'rcpt', 'data', 'message'])

const wantsLogin = /\b(?:un)?authenticat(?:ion|ed?)\b|log ?in first|not logged in|\brelay(?:ing)?\b/i
/** The authentication of the sender's domain, which is another thing. */
const ofDomain = /\b(?:spf|dkim|dmarc)\b/i

const senderCode = /^[45]\.1\.[78]$/
const refusesSender = /\bsender (?:address |domain )?(?:rejected|refused|verify failed)\b|\bas this sender\b/i

function transactionCode(usual: FailureCode, reply: ServerReply, stage: Stage, isLoggedIn: boolean): FailureCode {
  const { code, enhancedCode } = reply
  const text = textOfReply(reply)
  // Exchange Online refuses a password after it has accepted it.
  if (enhancedCode === '5.7.30') return 'auth-rejected'
  // Postfix refuses the EHLO name at RCPT (smtpd_delay_reject).
  if (/helo command rejected/i.test(text)) return 'ehlo-rejected'
  if (saysTooLarge(code, enhancedCode, text)) return 'message-too-large'
  // Postfix and Exim refuse the sender at RCPT, too. RFC 3463 §3.2 has X.1.7 and X.1.8 for it.
  const ofSender = stage === 'rcpt' && (senderCode.test(enhancedCode ?? '') || refusesSender.test(text)) ? 'sender-rejected' : usual
  if (isLoggedIn) return ofSender
  // RFC 4954 §6 has 530 for it. Others say in words that they want a login, or that they do not relay without one.
  const isEnvelope = stage === 'mail' || stage === 'rcpt'
  const saysSo = isEnvelope && (code === 550 || code === 553 || code === 554) && wantsLogin.test(text) && !ofDomain.test(text)
  return code === 530 || saysSo ? 'auth-required' : ofSender
}

/** RFC 1870 §4 has 552 with 5.3.4, RFC 3463 §3.3 has x.2.3. 552 also means a full mailbox (5.2.2). */
function saysTooLarge(code: number, enhancedCode: string | undefined, text: string): boolean {
  if (enhancedCode?.endsWith('.3.4') || enhancedCode?.endsWith('.2.3')) return true
  return code === 552 && !enhancedCode?.endsWith('.2.2') && /\bsize\b|too (?:large|big|long)/i.test(text)
}
