import { endpointKey, type RungState, type SelectorState } from '@postern/core'

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

/** Gives each rung its next check. Who compares two states finds the same rung as long as nothing has changed about it. */
export class StateReader {
  readonly #known = new WeakMap<RungState, TransportRung>()

  read(state: SelectorState): TransportState {
    const { endpoint, rungs, nextCheckAt } = state
    if (!nextCheckAt) return state
    const used = endpoint && endpointKey(endpoint)
    const rank = used === undefined ? -1 : rungs.findIndex((rung) => endpointKey(rung.endpoint) === used)
    const above = rank === -1 ? rungs.length : rank
    return { ...state, rungs: rungs.map((rung, index) => (index < above ? this.#with(rung, nextCheckAt) : rung)) }
  }

  #with(rung: RungState, nextCheckAt: Date): TransportRung {
    const known = this.#known.get(rung)
    if (known?.nextCheckAt?.getTime() === nextCheckAt.getTime()) return known
    const now = { ...rung, nextCheckAt }
    this.#known.set(rung, now)
    return now
  }
}
