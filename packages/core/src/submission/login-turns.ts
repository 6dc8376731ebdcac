import type { LoginSettings } from '../settings/settings.ts'
import type { CancelSignal } from '../smtp/cancellation.ts'
import { isSameLogin } from './login-outcome.ts'

/** The turn of one connection to log in. */
export interface LoginTurn {
  /** The server has accepted the login: those that wait may follow. */
  accepted(): void
  /** To be called in any case, once a refusal has been acted on. */
  end(): void
}

/** The connections that log in with the same credentials at this moment. */
interface Wave {
  readonly login: LoginSettings | undefined
  /** The functions that give the turn to the connections that wait. */
  readonly waiting: Set<() => void>
  /** The number of connections whose turn it is. */
  underWay: number
  /** Whether the server has accepted the login of one of them. */
  isProven: boolean
}

/**
 * One connection logs in first. Others with the same login that were opened meanwhile follow together once the server has accepted it: the
 * password may have been revoked since the last connection, and a few refused logins lock an account.
 */
export class LoginTurns {
  readonly #waves = new Set<Wave>()

  /**
   * Waits for the turn of a connection. An aborted signal ends the wait.
   *
   * @param login of a single message; undefined: the one of the settings
   */
  async take(login: LoginSettings | undefined, signal: CancelSignal): Promise<LoginTurn> {
    const wave = this.#waveOf(login)
    if (wave.underWay > 0 && !wave.isProven && !signal.aborted) await turnIn(wave, signal)
    else wave.underWay += 1
    return {
      accepted() {
        wave.isProven = true
        for (const give of wave.waiting) give()
      },
      end: () => {
        wave.underWay -= 1
        if (wave.underWay > 0) return
        wave.isProven = false
        const [next] = wave.waiting
        if (next) next()
        else this.#waves.delete(wave)
      },
    }
  }

  #waveOf(login: LoginSettings | undefined): Wave {
    for (const wave of this.#waves) if (isSameLogin(wave.login, login)) return wave
    const wave: Wave = { login, waiting: new Set(), underWay: 0, isProven: false }
    this.#waves.add(wave)
    return wave
  }
}

function turnIn(wave: Wave, signal: CancelSignal): Promise<void> {
  return new Promise((resolve) => {
    const give = () => {
      wave.waiting.delete(give)
      signal.removeEventListener('abort', give)
      wave.underWay += 1
      resolve()
    }
    wave.waiting.add(give)
    signal.addEventListener('abort', give, { once: true })
  })
}
