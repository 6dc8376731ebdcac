import type { Stage } from '../failure/failure.ts'
import type { Reply } from '../smtp/reply.ts'

const saysTooFast = /too fast|too many (?:concurrent |simultaneous )?(?:connections|messages|mails|e-?mails|requests|sessions|logins|login attempts)|\brates?\b|(?:relay|thread|connections) limit exceeded|throttl|slow down/i

/**
 * Whether a reply means that messages are sent too fast: 421 4.7.0, or 450 or 451 with 4.7.x, at MAIL or RCPT, or any 4yz
 * whose text says so. After the message, 4.7.x refers to its content.
 */
export function isTooFast({ code, enhancedCode = '', lines }: Pick<Reply, 'code' | 'enhancedCode' | 'lines'>, stage: Stage): boolean {
  if (code < 400 || code > 499) return false
  if (saysTooFast.test(lines.join(' '))) return true
  if (stage !== 'mail' && stage !== 'rcpt') return false
  return (code === 450 || code === 451) && enhancedCode.startsWith('4.7.') ? true : code === 421 && enhancedCode === '4.7.0'
}
