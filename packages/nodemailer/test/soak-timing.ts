import type { SoakTransportOptions } from './soak-scene.ts'

/** Short timeouts, since a third of the faults is silence. On a busy machine they end too early now and then: one more fault. */
export const shortWaits = {
  selection: {
    timing: { attemptDelay: 60, preferenceGrace: 150 },
    budgets: { connect: 400, greeting: 400, tls: 800, reply: 800 },
    deadline: 4_000,
    recheck: { initial: 60, max: 120 },
  },
  timeouts: { mail: 800, rcpt: 800, data: 800, block: 800, end: 800 },
} as const satisfies SoakTransportOptions

/** Milliseconds a reply may take up to the login, in {@link patientTimeouts}. */
export const REPLY_BUDGET = 700

/** The first port gets all the time it needs to connect. The waits of the transaction are the default ones. */
export const patientTimeouts = {
  selection: {
    timing: { attemptDelay: 10_000, preferenceGrace: 150 },
    budgets: { connect: 5_000, greeting: 5_000, tls: 5_000, reply: REPLY_BUDGET },
    recheck: { initial: 60, max: 120 },
  },
} as const satisfies SoakTransportOptions
