import { describe, expect, it } from 'vitest'
import type { Stage } from './failure.ts'
import { ReplyParser } from '../smtp/reply.ts'
import { isRateLimit } from './rate-limit.ts'

function judge(line: string, stage: Stage): boolean {
  return isRateLimit(new ReplyParser().push(Buffer.from(`${line}\r\n`)).reply!, stage)
}

describe('a reply that asks to send more slowly', () => {
  // As the providers document them, or as their servers send them.
  it.each<[string, string, Stage]>([
    ['Amazon SES', '454 Throttling failure: Maximum sending rate exceeded', 'message'],
    ['Amazon SES', '454 Throttling failure: Daily message quota exceeded', 'message'],
    ['Gmail', '421 4.7.0 Try again later, closing connection.', 'mail'],
    ['Gmail', '421 4.7.0 Our system has detected an unusual rate of mail from your address.', 'mail'],
    ['Google Workspace relay', '450 4.2.1 Peak SMTP relay limit exceeded for customer. This is a temporary error.', 'mail'],
    ['Google Workspace relay', '450 4.2.1 Peak SMTP relay limit exceeded for customer. This is a temporary error.', 'message'],
    ['Exchange Online', '432 4.3.2 STOREDRV.ClientSubmit; sender thread limit exceeded', 'message'],
    ['Exchange Online', '432 4.3.2 Concurrent connections limit exceeded. Visit https://aka.ms/concurrent_sending', 'mail'],
    ['Postfix', '450 4.7.1 Error: too much mail from 192.0.2.1', 'mail'],
    ['Postfix', '421 4.7.0 mx.example.com Error: too many errors', 'rcpt'],
    ['Exim', '451 4.7.1 Please slow down', 'rcpt'],
    ['Haraka', '450 Slow down! You are sending too fast', 'rcpt'],
    ['a relay', '451 4.7.0 Rate limit reached', 'data'],
    ['a relay', '450 4.7.0 Try again in a minute', 'mail'],
    ['a relay', '451 4.7.650 The mail server has been temporarily rate limited', 'mail'],
  ])('%s: %s, after %s', (_, line, stage) => {
    expect(judge(line, stage)).toBe(true)
  })

  it('is found in any line', () => {
    const { reply } = new ReplyParser().push(Buffer.from('450-4.3.2 Not now\r\n450 4.3.2 You are sending too fast\r\n'))
    expect(isRateLimit(reply!, 'mail')).toBe(true)
  })
})

describe('a reply about the message', () => {
  it.each<[string, string, Stage]>([
    ['a permanent refusal', '550 5.7.1 Too many spam words', 'mail'],
    ['a permanent refusal', '554 Transaction failed: throttled', 'message'],
    ['Gmail, a busy recipient', '450 4.2.1 The user you are trying to contact is receiving mail too quickly.', 'rcpt'],
    ['Gmail, a full mailbox', '452 4.2.2 The email account that you tried to reach is over quota.', 'rcpt'],
    ['Postgrey', '450 4.2.0 <bob@example.net>: Recipient address rejected: Greylisted', 'rcpt'],
    ['a filter', '451 4.7.1 Service unavailable - try again later', 'message'],
    ['a filter', '451 4.7.1 Service unavailable - try again later', 'data'],
    ['no storage', '452 4.3.1 Insufficient system storage', 'mail'],
    ['a shutdown', '421 4.3.2 Service shutting down', 'mail'],
    ['a timeout', '421 4.4.2 Timeout - closing connection.', 'rcpt'],
    ['an unknown temporary error', '451 4.3.0 Mail server temporarily rejected message.', 'message'],
    ['no enhanced code', '450 Mailbox unavailable', 'rcpt'],
    ['success', '250 2.7.0 ok, not too fast', 'message'],
  ])('%s: %s, after %s', (_, line, stage) => {
    expect(judge(line, stage)).toBe(false)
  })
})
