import { onTestFinished } from 'vitest'
import { createTransport, type CreateTransportOptions, DeliveryError, type SubmissionSettings, type Transporter } from '../src/index.ts'

export { copiesAfter, letter, outcomeOf } from './outcome.ts'

/** No port is tried beside another before that one has failed: on a busy machine a good port may be slow to answer. */
export const unhurried = { timing: { attemptDelay: 8_000, preferenceGrace: 200 }, budgets: { greeting: 5_000, tls: 5_000, reply: 5_000 } }

/** A race that a test need not wait for; the waits are long enough for a busy machine. */
export const quick = { timing: { attemptDelay: 60, preferenceGrace: 200 }, budgets: { greeting: 3_000, tls: 3_000, reply: 3_000 } }

/** As `quick`, for servers that say nothing: then the wait is the test. */
export const impatient = { ...quick, budgets: { connect: 600, greeting: 600, tls: 600, reply: 600 } }

/** Plain and pooled: every promise holds for both. */
export const modes = [
  { mode: 'plain', pool: false },
  { mode: 'pooled', pool: true },
] as const

/** A transporter that is closed when the test is over. Where nothing opens, it says so with the first attempt. */
export function mailerFor(settings: SubmissionSettings, options: CreateTransportOptions = {}): Transporter {
  const mailer = createTransport(settings, { selection: unhurried, endpointTimeout: 0, ...options })
  onTestFinished(() => mailer.close({ force: true }))
  return mailer
}

/** Something that one side waits for and the other lets happen. */
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

/** What a send was rejected with; a test fails where the message is accepted. */
export async function failureOf(sending: Promise<unknown>): Promise<DeliveryError> {
  const outcome = await sending.then(
    () => new Error('The message was accepted.'),
    (error: unknown) => error,
  )
  if (!DeliveryError.isInstance(outcome)) throw outcome
  return outcome
}
