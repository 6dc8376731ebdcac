import { type Delivery, DeliveryError } from '../src/index.ts'

export const letter = { from: 'app@example.net', to: 'reader@example.net', subject: 'Hello', text: 'A few words.' }

/** The outcome of a send. */
export type Outcome = 'accepted' | Delivery

export async function outcomeOf(sending: Promise<unknown>): Promise<Outcome> {
  return await sending.then(
    () => 'accepted' as const,
    (error: unknown) => (DeliveryError.isInstance(error) ? error.delivery : Promise.reject(error as Error)),
  )
}

/** The allowed number of copies in the mailbox for each outcome. */
export const copiesAfter: Readonly<Record<Outcome, readonly number[]>> = { accepted: [1], 'not-accepted': [0], unknown: [0, 1] }
