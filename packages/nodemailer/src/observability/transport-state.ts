import { isSameEndpoint, type RungState, type SelectorState } from '@postern/core'

/** The state of a rung, with the time of its next check. */
export interface TransportRung extends RungState {
  /** The next background check. Only rungs above the one in use are checked in the background. */
  readonly nextCheckAt?: Date
}

/** The state of a transport. */
export interface TransportState extends SelectorState {
  /** Every rung, best first. */
  readonly rungs: readonly TransportRung[]
}

/** Adds the time of the next check to each rung. */
export function withNextChecks(state: SelectorState): TransportState {
  const { endpoint, rungs, nextCheckAt } = state
  if (!nextCheckAt) return state
  const rank = rungs.findIndex((rung) => endpoint && isSameEndpoint(rung.endpoint, endpoint))
  const above = rank === -1 ? rungs.length : rank
  return { ...state, rungs: [...rungs.slice(0, above).map((rung) => Object.assign({}, rung, { nextCheckAt })), ...rungs.slice(above)] }
}
