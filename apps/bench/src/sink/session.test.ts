import { describe, expect, it } from 'vitest'
import { createSession, type Counts } from './session.ts'

const ENVELOPE = 'MAIL FROM:<a@sink.test>\r\nRCPT TO:<b@sink.test>\r\n'
const OK = '250 2.0.0 Ok\r\n'
const ACCEPTED = '250 2.0.0 Accepted\r\n'

function start(chunking = true) {
  const counts: Counts = { connections: 0, messages: 0 }
  const session = createSession({ offers: { pipelining: true, chunking }, secure: true, counts })
  const say = (text: string): string => session.receive(Buffer.from(text, 'latin1')).replies
  return { counts, say, session }
}

describe('the session of a sink', () => {
  it('answers pipelined commands together and in order', () => {
    const { say } = start()
    expect(say(`EHLO me\r\n${ENVELOPE}DATA\r\n`)).toMatch(/^(250-.*\r\n)+250 AUTH PLAIN\r\n250 2\.0\.0 Ok\r\n250 2\.0\.0 Ok\r\n354 Go ahead\r\n$/)
  })

  it('finds the end of data wherever it is cut', () => {
    const message = 'Subject: x\r\n\r\n..stuffed\r\n.\r\n'
    for (let cut = 0; cut <= message.length; cut++) {
      const { say, counts } = start()
      say(`${ENVELOPE}DATA\r\n`)
      expect(say(message.slice(0, cut)) + say(`${message.slice(cut)}NOOP\r\n`)).toBe(ACCEPTED + OK)
      expect(counts.messages).toBe(1)
    }
  })

  it('finds the end of data when it comes byte by byte', () => {
    const { say } = start()
    const bytes = `${ENVELOPE}DATA\r\na\r\n.b\r\n.\r\nNOOP\r\n`.split('')
    const replies = bytes.map(say)
    expect(replies.join('')).toBe(`${OK}${OK}354 Go ahead\r\n${ACCEPTED}${OK}`)
  })

  it('takes an empty body', () => {
    const { say } = start()
    expect(say(`${ENVELOPE}DATA\r\n.\r\n`)).toBe(`${OK}${OK}354 Go ahead\r\n${ACCEPTED}`)
  })

  it('counts the bytes of a chunk, and a message after its last one', () => {
    const { say, counts } = start()
    expect(say(`${ENVELOPE}BDAT 7\r\n\r\n.\r\nxx`)).toBe(OK + OK + OK)
    expect(say('BDAT 5 LAST\r\nab')).toBe('')
    expect(counts.messages).toBe(0)
    expect(say('cdeBDAT 0 LAST\r\nNOOP\r\n')).toBe(ACCEPTED + ACCEPTED + OK)
    expect(counts.messages).toBe(2)
  })

  it('knows no BDAT where CHUNKING is not offered', () => {
    const { say } = start(false)
    expect(say('EHLO me\r\n')).not.toContain('CHUNKING')
    expect(say('BDAT 0 LAST\r\n')).toMatch(/^500 /)
  })
})
