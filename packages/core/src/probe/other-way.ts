import type { Security } from '../endpoint.ts'
import { describeFailure, type Failure, type FailureCode } from '../failure/failure.ts'
import { Session, SessionFailed, type SessionOptions } from '../smtp/session.ts'

/** A greeting that is on its way takes less; a server that is silent for longer may be waiting for TLS. */
const SILENCE = 250

/**
 * Finds out, by a second connection that begins the other way, whether a port is spoken to in the wrong way. A port that
 * expects TLS says nothing to those who wait for a greeting, or just closes; and of what answers TLS in plain text, the
 * handshake keeps nothing. The second connection carries no login, goes no further than the greeting, and ends with the
 * first.
 */
export class OtherWay {
  readonly #first: Session
  readonly #options: SessionOptions
  readonly #controller = new AbortController()
  readonly #stop = () => this.#controller.abort()
  #timer: NodeJS.Timeout | undefined
  #asked: Promise<FailureCode | undefined> | undefined

  constructor(first: Session, options: SessionOptions) {
    this.#first = first
    this.#options = options
    options.signal.addEventListener('abort', this.#stop)
    if (first.endpoint.security === 'implicit') return
    first.onStage = (stage) => {
      clearTimeout(this.#timer)
      // A process that was busy may have the greeting and not know it: the immediate lets it read first.
      if (stage === 'greeting') this.#timer = setTimeout(() => setImmediate(() => this.#onSilence()), SILENCE)
      else if (stage === 'ehlo') this.#stop()
    }
  }

  /** What is wrong, now that the first connection has failed. */
  async explain(failure: Failure): Promise<Failure> {
    const { code, stage } = failure
    if (code === 'starttls-expected') this.#asked = this.#askForGreeting()
    else if (stage !== 'greeting' || (code !== 'greeting-timeout' && code !== 'connection-lost')) return failure
    else if (!this.#first.heard) this.#asked ??= this.#askForTls()
    const better = await this.#asked
    return better ? describeFailure({ code: better, stage }, this.#first.endpoint, this.#options.locale) : failure
  }

  /** Resolves once nothing is left of the second connection. */
  async end(): Promise<void> {
    clearTimeout(this.#timer)
    this.#options.signal.removeEventListener('abort', this.#stop)
    this.#stop()
    await this.#asked
  }

  #onSilence(): void {
    if (this.#first.heard || this.#controller.signal.aborted) return
    this.#asked ??= this.#askForTls()
    this.#asked.then(
      (code) => {
        if (code && this.#first.stage === 'greeting') this.#first.destroy()
      },
      // Whoever waits for the answer is told.
      () => {},
    )
  }

  async #askForTls(): Promise<FailureCode | undefined> {
    let answered = false
    const failure = await this.#begin('implicit', () => {
      answered = true
      this.#stop()
    })
    const { code = '', systemCode = '' } = failure ?? {}
    // A certificate that is refused was shown, and an alert is a word of TLS too.
    return answered || /^certificate-|^tls-version$/.test(code) || systemCode.includes('_ALERT_') ? 'tls-expected' : undefined
  }

  /** Those who wait to be spoken to, as HTTP does, answer a command of SMTP in their own way. */
  async #askForGreeting(): Promise<FailureCode | undefined> {
    const failure = await this.#begin('none', (second) => second.say('QUIT'))
    return failure?.code === 'not-smtp' ? failure.code : undefined
  }

  async #begin(security: Security, onGreeting: (second: Session) => void): Promise<Failure | undefined> {
    const { endpoint } = this.#first
    const second = new Session({ ...endpoint, security }, { ...this.#options, signal: this.#controller.signal })
    second.onStage = (stage) => {
      if (stage === 'greeting') onGreeting(second)
    }
    try {
      await second.greet()
      return undefined
    } catch (error) {
      if (error instanceof SessionFailed) return error.failure
      throw error
    } finally {
      second.destroy()
    }
  }
}
