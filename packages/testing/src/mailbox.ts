import type { NominalPort } from './nominal-port.ts'
import { readText } from './read-text.ts'

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

/** How to wait for mail. */
export interface WaitOptions {
  /** Ends the wait: the promise then rejects with the signal's reason. */
  readonly signal?: AbortSignal
}

/** All mail of a provider, and those who wait for it. */
export class Mailbox {
  readonly messages: ReceivedMessage[] = []
  readonly #waits = new Set<() => void>()
  readonly #closing = new AbortController()

  async put(envelope: Envelope, raw: Buffer): Promise<void> {
    const text = await readText(raw)
    const message = { id: this.messages.length + 1, ...envelope, raw: raw.toString(), ...text, receivedAt: new Date() }
    this.messages.push(message)
    for (const check of this.#waits) check()
  }

  /** Resolves once `answer` has one. It is asked at once, and again for every message that comes. */
  wait<T>(answer: (messages: readonly ReceivedMessage[]) => T | undefined, options: WaitOptions = {}): Promise<T> {
    const signals = [this.#closing.signal, ...(options.signal ? [options.signal] : [])]
    return new Promise((resolve, reject) => {
      const stop = () => {
        this.#waits.delete(check)
        for (const signal of signals) signal.removeEventListener('abort', onAbort)
      }
      const check = () => {
        const found = answer(this.messages)
        if (found === undefined) return
        stop()
        resolve(found)
      }
      const onAbort = () => {
        stop()
        reject(signals.find((signal) => signal.aborted)?.reason as Error)
      }
      for (const signal of signals) signal.addEventListener('abort', onAbort)
      this.#waits.add(check)
      check()
      if (this.#waits.has(check) && signals.some((signal) => signal.aborted)) onAbort()
    })
  }

  /** Ends every wait, those to come included. */
  close(): void {
    this.#closing.abort(new Error('the provider was closed before the message came'))
  }
}
