import { isSameLogin } from '../settings/same-login.ts'
import type { LoginSettings } from '../settings/settings.ts'
import type { CancelSignal } from '../smtp/cancellation.ts'
import type { SessionFailed } from '../smtp/session-failed.ts'
import { loginOutcome } from './login-outcome.ts'

/** The connections that log in with the same credentials, or are being opened to do so. */
interface Wave {
  readonly login: LoginSettings | undefined
  readonly turns: Set<LoginTurn>
  /** The number of turns that were taken. */
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

  /** Called before a connection is opened to log in. */
  enter(login: LoginSettings | undefined): LoginTurn {
    const wave = this.#waveOf(login)
    const turn = new LoginTurn(wave, () => this.#waves.delete(wave))
    wave.turns.add(turn)
    return turn
  }

  #waveOf(login: LoginSettings | undefined): Wave {
    for (const wave of this.#waves) if (isSameLogin(wave.login, login)) return wave
    const wave: Wave = { login, turns: new Set(), underWay: 0, isProven: false }
    this.#waves.add(wave)
    return wave
  }
}

/** The turn of one connection to log in. */
export class LoginTurn {
  readonly #wave: Wave
  readonly #onLast: () => void
  #isUnderWay = false
  #refusal: SessionFailed | undefined
  /** Gives it the turn; undefined unless it waits for that. */
  #give: (() => void) | undefined

  /** Use `LoginTurns.enter`. @param onLast called when no connection of the wave is left */
  constructor(wave: Wave, onLast: () => void) {
    this.#wave = wave
    this.#onLast = onLast
  }

  /**
   * Waits for the turn. An aborted signal ends the wait.
   *
   * @returns the refusal of another connection since this one entered: the login must not be sent
   */
  async take(signal: CancelSignal): Promise<SessionFailed | undefined> {
    const { underWay, isProven } = this.#wave
    if (underWay > 0 && !isProven && !this.#refusal && !signal.aborted) await this.#wait(signal)
    else this.#begin()
    return this.#refusal
  }

  /** The server has accepted the login: those that wait may follow. */
  accepted(): void {
    if (this.#wave.isProven) return
    this.#wave.isProven = true
    for (const turn of this.#wave.turns) turn.#give?.()
  }

  /** To be called in any case. @param error of the login; a refusal holds for all that have entered and not begun to log in */
  end(error?: SessionFailed): void {
    const { turns } = this.#wave
    turns.delete(this)
    const isRefused = error !== undefined && this.#isUnderWay && !this.#refusal && loginOutcome(error.failure) === 'refused'
    if (isRefused) for (const turn of turns) turn.#refuse(error)
    if (this.#isUnderWay) this.#wave.underWay -= 1
    if (turns.size === 0) return this.#onLast()
    if (this.#wave.underWay > 0) return
    this.#wave.isProven = false
    for (const turn of turns) if (turn.#give) return turn.#give()
  }

  #begin(): void {
    this.#isUnderWay = true
    this.#wave.underWay += 1
  }

  #refuse(error: SessionFailed): void {
    if (this.#isUnderWay) return
    this.#refusal = error
    this.#give?.()
  }

  #wait(signal: CancelSignal): Promise<void> {
    return new Promise((resolve) => {
      const give = () => {
        this.#give = undefined
        signal.removeEventListener('abort', give)
        this.#begin()
        resolve()
      }
      this.#give = give
      signal.addEventListener('abort', give, { once: true })
    })
  }
}
