import { describe, expect, it } from 'vitest'
import { createSession, type Counts } from './session.ts'

const ENVELOPE = 'MAIL FROM:<a@sink.test>\r\nRCPT TO:<b@sink.test>\r\n'
const OK = '250 2.0.0 Ok\r\n'
const ACCEPTED = '250 2.0.0 Accepted\r\n'

function start(chunking = true) {
  const counts: Counts = { connections: 0, messages: 0 }
  const session = createSession({ offers: { pipelining: true, chunking }, secure: true, counts })
  const send = (text: string): string => session.receive(Buffer.from(text, 'latin1')).replies
  return { counts, send, session }
}

describe('the session of a sink', () => {
  it('answers pipelined commands together and in order', () => {
    const { send } = start()
    expect(send(`EHLO me\r\n${ENVELOPE}DATA\r\n`)).toMatch(/^(250-.*\r\n)+250 AUTH PLAIN\r\n250 2\.0\.0 Ok\r\n250 2\.0\.0 Ok\r\n354 Go ahead\r\n$/)
  })

  it('finds the end of data split at any position', () => {
    const message = 'Subject: x\r\n\r\n..stuffed\r\n.\r\n'
    for (let cut = 0; cut <= message.length; cut++) {
      const { send, counts } = start()
      send(`${ENVELOPE}DATA\r\n`)
      expect(send(message.slice(0, cut)) + send(`${message.slice(cut)}NOOP\r\n`)).toBe(ACCEPTED + OK)
      expect(counts.messages).toBe(1)
    }
  })

  it('finds the end of data in single-byte chunks', () => {
    const { send } = start()
    const bytes = `${ENVELOPE}DATA\r\na\r\n.b\r\n.\r\nNOOP\r\n`.split('')
    const replies = bytes.map(send)
    expect(replies.join('')).toBe(`${OK}${OK}354 Go ahead\r\n${ACCEPTED}${OK}`)
  })

  it('accepts an empty body', () => {
    const { send } = start()
    expect(send(`${ENVELOPE}DATA\r\n.\r\n`)).toBe(`${OK}${OK}354 Go ahead\r\n${ACCEPTED}`)
  })

  it('counts the bytes of BDAT chunks, and a message after the last one', () => {
    const { send, counts } = start()
    expect(send(`${ENVELOPE}BDAT 7\r\n\r\n.\r\nxx`)).toBe(OK + OK + OK)
    expect(send('BDAT 5 LAST\r\nab')).toBe('')
    expect(counts.messages).toBe(0)
    expect(send('cdeBDAT 0 LAST\r\nNOOP\r\n')).toBe(ACCEPTED + ACCEPTED + OK)
    expect(counts.messages).toBe(2)
  })

  it('rejects BDAT when CHUNKING is not offered', () => {
    const { send } = start(false)
    expect(send('EHLO me\r\n')).not.toContain('CHUNKING')
    expect(send('BDAT 0 LAST\r\n')).toMatch(/^500 /)
  })
})
