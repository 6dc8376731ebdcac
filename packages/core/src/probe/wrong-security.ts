import type { Security } from '../endpoint.ts'
import { describeFailure, type Failure, type FailureCode } from '../failure/failure.ts'
import { SUPERSEDED } from '../smtp/bounded.ts'
import { Cancellation } from '../smtp/cancellation.ts'
import { Session } from '../smtp/session.ts'
import { SessionFailed } from '../smtp/session-failed.ts'
import type { SessionOptions } from '../smtp/session-options.ts'

/** Milliseconds without a greeting after which the server may be waiting for a TLS handshake. */
const SILENCE = 250

/** Detects the wrong `security` for a port with a second connection that uses the other one. */
export interface WrongSecurityWatch {
  /** The failure of the first connection, or a more specific one that the second connection found. */
  explain(failure: Failure): Promise<Failure>
  /** Ends the second connection, and resolves when it is closed. */
  end(): Promise<unknown>
}

/**
 * Uses a second connection to detect the wrong security for a port. A server that expects TLS stays silent, or closes the
 * connection, when the client waits for a greeting; and when a server answers a TLS handshake in plain text, Node discards the
 * text. The second connection sends no credentials, goes no further than the greeting, and ends with the first.
 */
export function watchForWrongSecurity(first: Session, options: SessionOptions): WrongSecurityWatch {
  const { endpoint } = first
  const { signal, locale } = options
  const mayBeTls = endpoint.security !== 'implicit'
  let isOver = false
  let cancellation: Cancellation | undefined
  const stop = () => {
    isOver = true
    cancellation?.abort(SUPERSEDED)
  }
  let timer: NodeJS.Timeout | undefined
  let check: Promise<FailureCode | undefined> | undefined

  const connectWith = async (security: Security, onGreeting: (second: Session) => void): Promise<Partial<Failure>> => {
    const ownSignal = (cancellation = new Cancellation())
    const unfollow = ownSignal.follow(signal)
    if (isOver) stop()
    const second = new Session({ ...endpoint, security }, { ...options, signal: ownSignal })
    second.onStage = (stage) => {
      if (stage === 'greeting') onGreeting(second)
    }
    try {
      await second.greet()
      return {}
    } catch (error) {
      if (error instanceof SessionFailed) return error.failure
      throw error
    } finally {
      unfollow()
      second.destroy()
    }
  }
  const checkForTls = async (): Promise<FailureCode | undefined> => {
    let answered = false
    const { code = '', systemCode = '' } = await connectWith('implicit', () => {
      answered = true
      stop()
    })
    // A refused certificate or a TLS alert also proves that the server uses TLS.
    return answered || /^certificate|^tls-version/.test(code) || systemCode.includes('_ALERT_') ? 'tls-expected' : undefined
  }
  // QUIT makes protocols in which the client speaks first, such as HTTP, reveal themselves.
  const checkForGreeting = async (): Promise<FailureCode | undefined> => {
    const { code } = await connectWith('none', (second) => second.send('QUIT'))
    return code === 'not-smtp' ? code : undefined
  }
  const onSilence = () => {
    if (first.hasReceived) return
    check ??= checkForTls()
    check.then(
      (code) => {
        if (code && first.stage === 'greeting') first.destroy()
      },
      // `explain` and `end` handle the rejection.
      () => {},
    )
  }

  first.onStage = (stage) => {
    // In a busy process the greeting may be waiting in the socket: `setImmediate` lets Node read it first.
    if (stage === 'greeting' && mayBeTls) timer = setTimeout(() => setImmediate(onSilence), SILENCE)
    else if (stage === 'ehlo') stop()
  }
  return {
    async explain(failure) {
      const { code, stage } = failure
      if (code === 'starttls-expected') check = checkForGreeting()
      else if (!mayBeTls || stage !== 'greeting' || (code !== 'greeting-timeout' && code !== 'connection-lost')) return failure
      else if (!first.hasReceived) check ??= checkForTls()
      const found = await check
      return found ? describeFailure({ code: found, stage }, endpoint, locale) : failure
    },
    end() {
      clearTimeout(timer)
      stop()
      return Promise.resolve(check)
    },
  }
}
