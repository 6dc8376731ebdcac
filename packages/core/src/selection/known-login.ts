import type { Clock } from '../clock.ts'
import type { LoginSettings } from '../settings/settings.ts'
import { canRenewLogin } from '../smtp/resolve-login.ts'
import type { NoUsableEndpointError } from './no-usable-endpoint-error.ts'

/** Milliseconds for which a check does not repeat a refused login: repeating it locks accounts. */
const REFUSED_LOGIN_RESTS = 3_600_000

/** The same where a function gives the secret: it may have another one by then, and a refused token locks no account. */
const REFUSED_TOKEN_RESTS = 300_000

/** When it was accepted does not matter. */
const ACCEPTED = { at: 0 }

/** The outcome of the login: credentials are tested once, not at every check. */
export class KnownLogin {
  readonly #auth: LoginSettings | undefined
  readonly #clock: Clock
  #outcome: { readonly at: number; readonly refusal?: NoUsableEndpointError } | undefined

  constructor(auth: LoginSettings | undefined, clock: Clock) {
    this.#auth = auth
    this.#clock = clock
  }

  /** Whether a check has to make the login. */
  get isDue(): boolean {
    return this.#auth !== undefined && (!this.#outcome || this.#outcome.refusal !== undefined)
  }

  /** Why it is not tried now, if it was refused not long ago. */
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
