import type { NominalPort } from './nominal-port.ts'
import { readText } from './read-text.ts'
import { type WaitOptions, Waits } from './waits.ts'

/** A message the provider has taken responsibility for. */
export interface ReceivedMessage {
  /** Counts from 1, in the order of arrival, over all ports. */
  readonly id: number
  /** The nominal port it came in by. */
  readonly port: NominalPort
  /** Whether the connection was encrypted when it came. */
  readonly secure: boolean
  /** Who was logged in; `undefined` when nobody was. */
  readonly user: string | undefined
  /** The envelope's sender; empty for a bounce. */
  readonly from: string
  /** The envelope's recipients, in the order given. */
  readonly to: readonly string[]
  /** The message as it came, without the dot stuffing, decoded as UTF-8. */
  readonly raw: string
  /** The subject, decoded. */
  readonly subject: string
  /** The plain text part, decoded, with `\n` line ends and none at its end; empty when there is none. */
  readonly text: string
  readonly receivedAt: Date
}

/** What is known of a message before it is read. */
export type Envelope = Pick<ReceivedMessage, 'port' | 'secure' | 'user' | 'from' | 'to'>

/** All mail of a provider, and the waits for it. */
export class Mailbox {
  readonly messages: ReceivedMessage[] = []
  readonly #waits = new Waits()

  async put(envelope: Envelope, raw: Buffer): Promise<void> {
    const text = await readText(raw)
    const message = { id: this.messages.length + 1, ...envelope, raw: raw.toString(), ...text, receivedAt: new Date() }
    this.messages.push(message)
    this.#waits.check()
  }

  /** Resolves once `answer` returns a value for the messages there are. */
  wait<T>(answer: (messages: readonly ReceivedMessage[]) => T | undefined, options?: WaitOptions): Promise<T> {
    return this.#waits.until(() => answer(this.messages), options)
  }

  /** Rejects every wait, those to come included. */
  close(): void {
    this.#waits.close(new Error('the provider was closed before the message came'))
  }
}
