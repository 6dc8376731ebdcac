import type { Clock } from '../clock.ts'
import type { Endpoint } from '../endpoint.ts'
import type { LoginSettings } from '../settings/settings.ts'
import { AddressOrder } from './address-order.ts'
import { Choice } from './choice.ts'
import { KnownLogin } from './known-login.ts'
import type { RecheckTiming } from './recheck.ts'
import type { LastSuccess, SelectorState } from './selector-state.ts'

/** The last success, with its time in milliseconds since the epoch. */
type KnownSuccess = Omit<LastSuccess, 'at'> & { readonly at: number }

/** What a selector has learnt. It is all that is kept of an idle selector, and a later one can continue with it. */
export class SelectorMemory {
  readonly choice: Choice
  readonly login: KnownLogin
  readonly addressOrder: AddressOrder
  lastSuccess: KnownSuccess | undefined
  /** Why no endpoint could be used; undefined once one works. */
  exhausted: SelectorState['exhausted']

  constructor(ladder: readonly Endpoint[], auth: LoginSettings | undefined, clock: Clock, timing: RecheckTiming) {
    this.choice = new Choice(ladder, clock, timing)
    this.login = new KnownLogin(auth, clock)
    this.addressOrder = new AddressOrder(clock)
  }

  /** The endpoint in use, once one was selected. */
  get endpoint(): Endpoint | undefined {
    return this.choice.endpoint
  }

  /** The state, without the time of the next check. */
  get state(): SelectorState {
    const { lastSuccess, exhausted } = this
    const { refusal } = this.login
    return {
      ...this.choice.state,
      ...(refusal && { refusedLogin: refusal.diagnosis }),
      ...(exhausted && { exhausted }),
      ...(lastSuccess && { lastSuccess: { ...lastSuccess, at: new Date(lastSuccess.at) } }),
    }
  }
}
