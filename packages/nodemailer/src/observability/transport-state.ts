import { isSameEndpoint, type RungState, type SelectorState } from '@postern/core'

/** What is known of one rung, and when it is looked at again. */
export interface TransportRung extends RungState {
  /** When it is next looked at in the background: a rung above the one in use. Messages look at the others. */
  readonly nextCheckAt?: Date
}

/** Where a transport stands. */
export interface TransportState extends SelectorState {
  /** Every rung, best first. */
  readonly rungs: readonly TransportRung[]
}

/** Gives each rung its next check. */
export function withNextChecks(state: SelectorState): TransportState {
  const { endpoint, rungs, nextCheckAt } = state
  if (!nextCheckAt) return state
  const rank = rungs.findIndex((rung) => endpoint && isSameEndpoint(rung.endpoint, endpoint))
  const above = rank === -1 ? rungs.length : rank
  return { ...state, rungs: [...rungs.slice(0, above).map((rung) => Object.assign({}, rung, { nextCheckAt })), ...rungs.slice(above)] }
}
