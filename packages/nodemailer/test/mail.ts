import { onTestFinished } from 'vitest'
import { createTransport, type CreateTransportOptions, DeliveryError, type SubmissionSettings, type Transporter } from '../src/index.ts'

export { copiesAfter, letter, outcomeOf } from './outcome.ts'

/** Starts the next port only after the previous one has failed, because a good port may be slow on a busy machine. */
export const unhurried = { timing: { attemptDelay: 8_000, preferenceGrace: 200 }, budgets: { greeting: 5_000, tls: 5_000, reply: 5_000 } }

/** A fast race, with timeouts that are long enough for a busy machine. */
export const quick = { timing: { attemptDelay: 60, preferenceGrace: 200 }, budgets: { greeting: 3_000, tls: 3_000, reply: 3_000 } }

/** Like `quick`, with short timeouts for silent servers. */
export const impatient = { ...quick, budgets: { connect: 600, greeting: 600, tls: 600, reply: 600 } }

/** Tests run with and without a pool. */
export const modes = [
  { mode: 'plain', pool: false },
  { mode: 'pooled', pool: true },
] as const

/** A transporter that is closed at the end of the test. If no port opens, it fails with the first attempt. */
export function mailerFor(settings: SubmissionSettings, options: CreateTransportOptions = {}): Transporter {
  const mailer = createTransport(settings, { selection: unhurried, endpointTimeout: 0, ...options })
  onTestFinished(() => mailer.close({ force: true }))
  return mailer
}

/** A promise with its resolve function. */
export class Gate {
  readonly opened: Promise<void>
  #open!: () => void

  constructor() {
    this.opened = new Promise((resolve) => {
      this.#open = resolve
    })
  }

  open(): void {
    this.#open()
  }
}

/** The error of a send. Fails the test if the message is accepted. */
export async function failureOf(sending: Promise<unknown>): Promise<DeliveryError> {
  const outcome = await sending.then(
    () => new Error('The message was accepted.'),
    (error: unknown) => error,
  )
  if (!DeliveryError.isInstance(outcome)) throw outcome
  return outcome
}
