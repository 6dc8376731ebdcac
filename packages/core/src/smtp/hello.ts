import type { FailureCode } from '../failure/failure.ts'
import { SmtpError } from '../failure/smtp-error.ts'
import type { Offer } from './capabilities.ts'
import { clientNames } from './client-names.ts'
import { refusedBy } from './refused-by.ts'
import type { Reply } from './reply.ts'
import { SessionFailed } from './session-failed.ts'
import type { SessionOptions } from './session-options.ts'

/** The parts of a session that EHLO needs. */
export interface HelloSteps {
  /** Runs a step of the stage `ehlo`. */
  readonly step: <T>(run: () => Promise<T>) => Promise<T>
  readonly exchange: (line: string) => Promise<Reply>
  /** The failure of the session in the stage `ehlo`. */
  readonly failed: (refusal: SmtpError) => SessionFailed
  readonly destroy: () => void
}

/**
 * Sends EHLO, and once more with another name if the server refuses the first one: some accept no address literal, others
 * nothing else. There is no fallback to HELO, because without extensions there is no STARTTLS.
 */
export class Hello {
  readonly #options: Pick<SessionOptions, 'settings' | 'sender' | 'refusedNames'>
  readonly #steps: HelloSteps
  /** Used for the whole session once the server has refused the first name. */
  #secondName: string | undefined

  constructor(options: Pick<SessionOptions, 'settings' | 'sender' | 'refusedNames'>, steps: HelloSteps) {
    this.#options = options
    this.#steps = steps
  }

  /** @param reconnect opens a new connection and brings it to this point, for a server that has closed the first one */
  async send(reconnect: () => Promise<void>): Promise<Offer> {
    const { settings, sender, refusedNames } = this.#options
    const [name, second] = this.#secondName ? [this.#secondName] : clientNames(settings, sender, refusedNames)
    const reply = await this.#steps.step(() => this.#sendAs(name!, second !== undefined))
    if (reply.code === 250) return reply.lines.slice(1)

    this.#secondName = second!
    try {
      const again = await this.#sendSecond(second!, reply.code === 421, reconnect)
      refusedNames?.add(name!)
      return again.lines.slice(1)
    } catch (error) {
      if (!(error instanceof SessionFailed) || !unanswered.has(error.code)) throw error
      // The reply to the first name says more than the missing reply to the second one.
      throw this.#steps.failed(refusedBy('ehlo-rejected', reply, 'ehlo'))
    }
  }

  async #sendSecond(name: string, isClosing: boolean, reconnect: () => Promise<void>): Promise<Reply> {
    const { step, destroy } = this.#steps
    const reply = isClosing ? undefined : await step(() => this.#sendUnlessLost(name))
    if (reply) return reply
    destroy()
    await reconnect()
    return await step(() => this.#sendAs(name, false))
  }

  /** @param mayRetry whether a refusal of the name is returned, not thrown */
  async #sendAs(name: string, mayRetry: boolean): Promise<Reply> {
    const reply = await this.#steps.exchange(`EHLO ${name}`)
    if (reply.code === 250) return reply
    const error = refusedBy('ehlo-rejected', reply, 'ehlo')
    if (mayRetry && reply.code >= 400 && error.facts.code === 'ehlo-rejected') return reply
    throw error
  }

  /** @returns undefined if the server has closed the connection */
  async #sendUnlessLost(name: string): Promise<Reply | undefined> {
    try {
      return await this.#sendAs(name, false)
    } catch (error) {
      if (error instanceof SmtpError && error.facts.code === 'connection-lost') return undefined
      throw error
    }
  }
}

/** Failures of a connection without a reply of the server. */
const unanswered: ReadonlySet<FailureCode> = new Set([
  'connect-refused',
  'connect-timeout',
  'network-unreachable',
  'greeting-timeout',
  'connection-lost',
  'reply-timeout',
])
