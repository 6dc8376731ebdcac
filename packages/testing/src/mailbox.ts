import type { NominalPort } from './nominal-port.ts'
import { readText } from './read-text.ts'
import { Waiters, type WaitOptions } from './waiters.ts'

/** A message that the provider has accepted. */
export interface ReceivedMessage {
  /** Counts from 1, in the order of arrival, over all ports. */
  readonly id: number
  /** The nominal port it was sent to. */
  readonly port: NominalPort
  /** Whether the connection was encrypted. */
  readonly secure: boolean
  /** The user name of the login; `undefined` without one. */
  readonly user: string | undefined
  /** The envelope sender; empty for a bounce. */
  readonly from: string
  /** The envelope recipients, in the order given. */
  readonly to: readonly string[]
  /** The message as received, without dot stuffing, decoded as UTF-8. */
  readonly raw: string
  /** The subject, decoded. */
  readonly subject: string
  /** The decoded plain text part with `\n` line ends, without the last one; empty if there is none. */
  readonly text: string
  readonly receivedAt: Date
}

export type Envelope = Pick<ReceivedMessage, 'port' | 'secure' | 'user' | 'from' | 'to'>

/** All messages of a provider. */
export class Mailbox {
  readonly messages: ReceivedMessage[] = []
  readonly #waiters = new Waiters()

  async add(envelope: Envelope, raw: Buffer): Promise<void> {
    const text = await readText(raw)
    const message = { id: this.messages.length + 1, ...envelope, raw: raw.toString(), ...text, receivedAt: new Date() }
    this.messages.push(message)
    this.#waiters.check()
  }

  /** Resolves with the first value that `evaluate` returns for the mailbox. */
  waitFor<T>(evaluate: (messages: readonly ReceivedMessage[]) => T | undefined, options?: WaitOptions): Promise<T> {
    return this.#waiters.waitFor(() => evaluate(this.messages), options)
  }

  /** Rejects every wait, now and later. */
  close(): void {
    this.#waiters.close(new Error('the provider was closed before the message arrived'))
  }
}
