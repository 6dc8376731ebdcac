import type { Socket } from 'node:net'
import type { Failure, FailureCode, Stage } from '@postern/core'
import { TalkFailed } from './authenticate.ts'

export interface Guard {
  /** Is shown everything that is about to be written. @returns whether that is talk, and not a message */
  readonly isTalk: (written: unknown) => boolean
  /** The talk is over. */
  readonly rest: () => void
  /** The server is not to blame for what is waited for now; if it leaves meanwhile, that means the failure, if one is given. */
  readonly hold: (ifLost: Failure | undefined) => void
}

/**
 * Watches over the talk before each message. nodemailer bounds no reply to a command: a silent server would hold the
 * message for minutes. And it says the same of a connection that is lost wherever that is, though a login that was on
 * its way must not be made again and again.
 */
export function guardTalk(socket: Socket, budget: number, explain: (code: FailureCode, stage: Stage, systemCode?: string) => Failure): Guard {
  let stage: Stage | undefined
  let isListening = false
  let isHeld = false
  let ifLost: Failure | undefined
  // One timer for the whole connection, as there are several waits in each message. The socket holds the process open.
  const timer = setTimeout(() => void (isHeld || fail('reply-timeout')), budget).unref()
  const fail = (code: FailureCode) => {
    if (stage) socket.destroy(new TalkFailed(ifLost ?? explain(code, stage)))
  }
  const enter = (next: Stage) => {
    stage = next
    isHeld = false
    ifLost = undefined
    timer.refresh()
  }
  const rest = () => {
    stage = undefined
  }
  // Where the envelope is pipelined (RFC 2920) one write waits for many replies, and each may take its time.
  const onData = () => void (stage && timer.refresh())
  const onWrite = (written: unknown) => {
    // What is pipelined behind MAIL goes out with it, and the first answer that comes is that to MAIL.
    if (stage === 'mail' && socket.writableCorked > 0) return
    const next = stageAfter(stage, written)
    if (!next) return rest()
    if (next === 'mail' && !isListening) {
      isListening = true
      socket.on('data', onData)
    }
    enter(next)
  }
  enter('ehlo')
  // These run before nodemailer's own listeners, which get the failure with the error, or in place of a mere end.
  socket.on('error', (error) => {
    if (!stage || error instanceof TalkFailed) return
    const { code } = error as { readonly code?: string }
    // TLS 1.3 refuses a client behind its handshake (RFC 8446 §4.4.2.4).
    const refused = stage === 'ehlo' && code?.includes('_ALERT_') ? explain('tls-handshake', 'tls', code) : undefined
    Object.assign(error, { failure: ifLost ?? refused ?? explain('connection-lost', stage) })
  })
  socket.on('end', () => fail('connection-lost'))
  socket.on('close', () => {
    rest()
    clearTimeout(timer)
  })
  return {
    isTalk: (written) => {
      if (stage !== undefined || startsWithMail(written)) onWrite(written)
      return stage !== undefined
    },
    rest,
    hold: (failure) => {
      isHeld = true
      ifLost = failure
    },
  }
}

/** The commands before a message and after one, as nodemailer writes them, and the stage each one begins, if it is waited for. */
const commands: Readonly<Record<string, readonly [RegExp, Stage | undefined]>> = {
  EHLO: [/^EHLO .*\r\n$/, 'ehlo'],
  HELO: [/^HELO .*\r\n$/, 'ehlo'],
  LHLO: [/^LHLO .*\r\n$/, 'ehlo'],
  MAIL: [/^MAIL FROM:<.*\r\n$/, 'mail'],
  RCPT: [/^RCPT TO:<.*\r\n$/, 'rcpt'],
  DATA: [/^DATA\r\n$/, 'data'],
  RSET: [/^RSET\r\n$/, undefined],
  QUIT: [/^QUIT\r\n$/, undefined],
}

/** What is waited for once something is written: nothing more, when that is the message. It may begin as a command does. */
function stageAfter(stage: Stage | undefined, written: unknown): Stage | undefined {
  const isOpening = stage === 'ehlo' || stage === 'auth'
  const piece = Buffer.isBuffer(written) ? written : Buffer.from(String(written))
  const [pattern, begun] = commands[piece.toString('latin1', 0, 4)] ?? []
  if (pattern?.test(piece.toString()) && (isOpening || begun !== 'ehlo')) return begun
  // What else is said before the envelope is a login.
  return isOpening ? 'auth' : undefined
}

const MAIL = Buffer.from('MAIL FROM:<')

/** A message is many writes, which are not worth a closer look. */
function startsWithMail(written: unknown): boolean {
  return Buffer.isBuffer(written) && written[0] === MAIL[0] && written.subarray(0, MAIL.length).equals(MAIL)
}
