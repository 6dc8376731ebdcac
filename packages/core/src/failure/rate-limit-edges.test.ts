import { describe, expect, it } from 'vitest'
import type { Stage } from './failure.ts'
import { ReplyParser } from '../smtp/reply.ts'
import { isRateLimit } from './rate-limit.ts'

describe('a reply about one message, which does not pause the others', () => {
  it.each<[string, string, Stage]>([
    ['Gmail, the recipients of one message', '452 4.5.3 Your message has too many recipients.', 'message'],
    ['Postfix, the same', '452 4.5.3 Error: too many recipients', 'rcpt'],
    ['one mailbox', '452 4.2.2 Mailbox size limit exceeded', 'rcpt'],
    ['one message', '452 4.3.4 Message size limit exceeded', 'mail'],
    ['the content', '451 4.7.1 Rejected: too many suspicious links', 'message'],
  ])('%s: %s, after %s', (_, line, stage) => {
    expect(isRateLimit(new ReplyParser().push(Buffer.from(`${line}\r\n`)).reply!, stage)).toBe(false)
  })
})
