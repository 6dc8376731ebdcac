import type { Security } from '../endpoint.ts'
import { describeFailure, type Failure, type FailureCode } from '../failure/failure.ts'
import { SUPERSEDED } from '../smtp/bounded.ts'
import { Cancellation } from '../smtp/cancellation.ts'
import { Session, SessionFailed } from '../smtp/session.ts'
import type { SessionOptions } from '../smtp/session-options.ts'

/** A greeting that is on its way takes less; a server that is silent for longer may be waiting for TLS. */
const SILENCE = 250

/** What a second connection, which begins the other way, knows of the first. */
export interface OtherWay {
  /** What is wrong, now that the first connection has failed. */
  explain(failure: Failure): Promise<Failure>
  /** Resolves once nothing is left of the second connection. */
  end(): Promise<unknown>
}

/**
 * Finds out by a second connection whether a port is spoken to in the wrong way. A port that expects TLS says nothing to
 * those who wait for a greeting, or just closes; and of what answers TLS in plain text, the handshake keeps nothing. The
 * second connection carries no login, goes no further than the greeting, and ends with the first.
 */
export function watchOtherWay(first: Session, options: SessionOptions): OtherWay {
  const { endpoint } = first
  const { signal, locale } = options
  const mayBeTls = endpoint.security !== 'implicit'
  let isOver = false
  let off: Cancellation | undefined
  const stop = () => {
    isOver = true
    off?.abort(SUPERSEDED)
  }
  let timer: NodeJS.Timeout | undefined
  let asked: Promise<FailureCode | undefined> | undefined

  const begin = async (security: Security, onGreeting: (second: Session) => void): Promise<Partial<Failure>> => {
    off = new Cancellation()
    const leave = off.follow(signal)
    if (isOver) stop()
    const second = new Session({ ...endpoint, security }, { ...options, signal: off })
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
      leave()
      second.destroy()
    }
  }
  const askForTls = async (): Promise<FailureCode | undefined> => {
    let answered = false
    const { code = '', systemCode = '' } = await begin('implicit', () => {
      answered = true
      stop()
    })
    // A certificate that is refused was shown, and an alert is a word of TLS too.
    return answered || /^certificate|^tls-version/.test(code) || systemCode.includes('_ALERT_') ? 'tls-expected' : undefined
  }
  // Those who wait to be spoken to, as HTTP does, answer a command of SMTP in their own way.
  const askForGreeting = async (): Promise<FailureCode | undefined> => {
    const { code } = await begin('none', (second) => second.say('QUIT'))
    return code === 'not-smtp' ? code : undefined
  }
  const onSilence = () => {
    if (first.heard) return
    asked ??= askForTls()
    asked.then(
      (code) => {
        if (code && first.stage === 'greeting') first.destroy()
      },
      // Whoever waits for the answer is told.
      () => {},
    )
  }

  first.onStage = (stage) => {
    // A process that was busy may have the greeting and not know it: the immediate lets it read first.
    if (stage === 'greeting' && mayBeTls) timer = setTimeout(() => setImmediate(onSilence), SILENCE)
    else if (stage === 'ehlo') stop()
  }
  return {
    async explain(failure) {
      const { code, stage } = failure
      if (code === 'starttls-expected') asked = askForGreeting()
      else if (!mayBeTls || stage !== 'greeting' || (code !== 'greeting-timeout' && code !== 'connection-lost')) return failure
      else if (!first.heard) asked ??= askForTls()
      const better = await asked
      return better ? describeFailure({ code: better, stage }, endpoint, locale) : failure
    },
    end() {
      clearTimeout(timer)
      stop()
      return Promise.resolve(asked)
    },
  }
}
