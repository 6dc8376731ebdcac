import type { Stage } from './failure.ts'

/** The parts of an SMTP reply from which the cause of a refusal is read. */
export interface ServerReply {
  readonly code: number
  readonly enhancedCode?: string | undefined
  /** The text of each line, without the code. */
  readonly lines: readonly string[]
}

/** How much of a reply is read. What matters stands at its beginning. */
const MOST_READ = 2_000

/** The text of a reply in one line, without addresses: a mailbox may be called `too-many-mails`. */
export function textOfReply({ lines }: ServerReply): string {
  return lines
    .join(' ')
    .slice(0, MOST_READ)
    .replace(/<[^<>]*>|\S+@\S+/g, '')
}

/** What temporary refusals say when a client sends too much or opens too many connections. */
const tooMuch =
  /too fast|too many (?:concurrent |simultaneous )?(?:smtp )?(?:connections|messages|mails|e-?mails|requests|sessions|logins|login attempts)|\brates?\b|\b(?:relay|thread|connections|send|sending|quota|credits?) (?:limit )?exceeded|messaging limits|concurrent (?:\w+ )?connections has exceeded|unexpected volume|throttl|slow down|daily message quota/i

/** What permanent refusals say. Stricter, because 5yz is about the message in most cases. */
const overQuota =
  /\b(?:rate|sending|relay|submission|messaging) (?:limit|quota) (?:has been )?(?:exceeded|reached)|\b(?:daily|hourly)\b[^.]{0,40} (?:limit|quota)\b|tenant external recipient rate limit|too many (?:\w+ )?(?:connections|messages|mails|e-?mails|requests) (?:per|in) /i

/** A limit of the recipient or of this one message, not of the sender. */
const ofRecipient = /the user you are trying|mailbox|too many recipients|message size/i

/** A refusal of the EHLO name or of the address of this machine: waiting does not help. */
const ofClient = /helo command|hostname|host rejected/i

/**
 * Whether a refusal means that the client sends too much or has too many connections open: the words of the large providers,
 * 450 and 451 with 4.7.x and 421 4.7.0 before the message, and 550 5.7.0 with "too many". After the message 4.7.x is about its
 * content. A login that was refused for good is never a rate limit: repeating it locks accounts.
 */
export function isRateLimit(reply: ServerReply, stage: Stage): boolean {
  const { code, enhancedCode = '' } = reply
  const text = textOfReply(reply)
  if (ofRecipient.test(text) || ofClient.test(text)) return false
  if (code >= 500) return stage !== 'auth' && (overQuota.test(text) || (enhancedCode === '5.7.0' && /too many\b/i.test(text)))
  if (code < 400) return false
  if (tooMuch.test(text)) return true
  if (stage !== 'mail' && stage !== 'rcpt') return false
  return code === 421 ? enhancedCode === '4.7.0' : (code === 450 || code === 451) && enhancedCode.startsWith('4.7.')
}

/** Milliseconds of each unit, by its first letters. */
const units: readonly (readonly [name: RegExp, ms: number])[] = [
  [/^(?:ms|milli)/i, 1],
  [/^s/i, 1_000],
  [/^m/i, 60_000],
  [/^h/i, 3_600_000],
  [/^d/i, 86_400_000],
]

/** One day: no provider has a longer period, and a server must not be able to stop a client for good. */
const LONGEST = 86_400_000

const withUnit =
  /\b(?:again|retry|wait|back)\b[^.;:]{0,40}?\b(\d{1,6}|an?|one) ?(milliseconds?|ms|seconds?|secs?|s|minutes?|mins?|m|hours?|hrs?|h|days?|d)\b/i
/** As in the HTTP header of this name (RFC 9110 §10.2.3). */
const inSeconds = /\bretry[- ]after[:= ]+(\d{1,6})\b/i

/** Reads after how many milliseconds the server wants to be tried again; `undefined` if it does not say. */
export function retryAfterIn(reply: ServerReply): number | undefined {
  const text = textOfReply(reply)
  const [, count, unit = 's'] = withUnit.exec(text) ?? inSeconds.exec(text) ?? []
  if (count === undefined) return undefined
  const ms = units.find(([name]) => name.test(unit))![1]
  return Math.min((/^\d/.test(count) ? Number(count) : 1) * ms, LONGEST) || undefined
}
