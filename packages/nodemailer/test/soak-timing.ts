import type { SoakTransportOptions } from './soak-scene.ts'

/** Short timeouts, because a third of the faults are silent. On a busy machine they sometimes expire too early, which is one more fault. */
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

/** The first port may take any time to connect. The timeouts of the transaction are the defaults. */
export const patientTimeouts = {
  selection: {
    timing: { attemptDelay: 10_000, preferenceGrace: 150 },
    budgets: { connect: 5_000, greeting: 5_000, tls: 5_000, reply: REPLY_BUDGET },
    recheck: { initial: 60, max: 120 },
  },
} as const satisfies SoakTransportOptions
