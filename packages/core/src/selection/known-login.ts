import type { Clock } from '../clock.ts'
import type { LoginSettings } from '../settings/settings.ts'
import { canRenewLogin } from '../smtp/resolve-login.ts'
import type { NoUsableEndpointError } from './no-usable-endpoint-error.ts'

/** Milliseconds for which checks do not repeat a refused login, because that locks accounts. */
const REFUSED_LOGIN_RESTS = 3_600_000

/** The same for a token from a function: there may be a new one by then, and refused tokens lock no account. */
const REFUSED_TOKEN_RESTS = 300_000

/** The time of acceptance does not matter. */
const ACCEPTED = { at: 0 }

/** Remembers the outcome of the login, so that credentials are tested once and not with every check. */
export class KnownLogin {
  readonly #auth: LoginSettings | undefined
  readonly #clock: Clock
  #outcome: { readonly at: number; readonly refusal?: NoUsableEndpointError } | undefined

  constructor(auth: LoginSettings | undefined, clock: Clock) {
    this.#auth = auth
    this.#clock = clock
  }

  /** Whether a check must log in. */
  get isDue(): boolean {
    return this.#auth !== undefined && (!this.#outcome || this.#outcome.refusal !== undefined)
  }

  /** The refusal, if it was so recent that the login must not be repeated. */
  get refusal(): NoUsableEndpointError | undefined {
    const { refusal, at = 0 } = this.#outcome ?? {}
    const isRenewable = refusal && this.#auth && (refusal.diagnosis.code === 'auth-secret-missing' || canRenewLogin(this.#auth, refusal.diagnosis))
    return this.#clock.now() - at < (isRenewable ? REFUSED_TOKEN_RESTS : REFUSED_LOGIN_RESTS) ? refusal : undefined
  }

  accepted(): void {
    if (this.#auth) this.#outcome = ACCEPTED
  }

  refused(refusal: NoUsableEndpointError): void {
    this.#outcome = { at: this.#clock.now(), refusal }
  }
}
