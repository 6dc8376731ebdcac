import { isSameLogin } from '../settings/same-login.ts'
import type { LoginSettings } from '../settings/settings.ts'
import type { CancelSignal } from '../smtp/cancellation.ts'
import type { SessionFailed } from '../smtp/session-failed.ts'
import { loginOutcome } from './login-outcome.ts'

/** The connections that log in with the same credentials, or are being opened to do so. */
interface Wave {
  readonly login: LoginSettings | undefined
  readonly turns: Set<LoginTurn>
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
    const wave: Wave = { login, turns: new Set(), isProven: false }
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
    const mustWait = this.#isAnyUnderWay && !this.#wave.isProven && !this.#refusal && !signal.aborted
    if (mustWait) await this.#wait(signal)
    else this.#isUnderWay = true
    return this.#refusal
  }

  /** The server has accepted the login: those that wait may follow. */
  accepted(): void {
    this.#wave.isProven = true
    for (const turn of this.#wave.turns) turn.#give?.()
  }

  /** To be called in any case. @param error of the login; a refusal holds for all that have entered and not begun to log in */
  end(error?: SessionFailed): void {
    const { turns } = this.#wave
    turns.delete(this)
    const isRefused = error !== undefined && this.#isUnderWay && !this.#refusal && loginOutcome(error.failure) === 'refused'
    if (isRefused) for (const turn of turns) turn.#refuse(error)
    if (turns.size === 0) return this.#onLast()
    if (this.#isAnyUnderWay) return
    this.#wave.isProven = false
    for (const turn of turns) if (turn.#give) return turn.#give()
  }

  get #isAnyUnderWay(): boolean {
    for (const turn of this.#wave.turns) if (turn.#isUnderWay) return true
    return false
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
        this.#isUnderWay = true
        resolve()
      }
      this.#give = give
      signal.addEventListener('abort', give, { once: true })
    })
  }
}
