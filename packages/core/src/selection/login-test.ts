import type { SmtpSettings } from '../settings/settings.ts'
import type { CancelSignal } from '../smtp/cancellation.ts'
import type { Session } from '../smtp/session.ts'
import { SessionFailed } from '../smtp/session-failed.ts'
import type { LoginTurn, LoginTurns } from './login-turns.ts'

/** The login of a check, on one session after the other until the server replies to it. */
export class LoginTest {
  readonly #enter: () => LoginTurn
  readonly #signal: CancelSignal
  #turn: LoginTurn

  constructor({ loginTurns, settings }: { readonly loginTurns: LoginTurns; readonly settings: SmtpSettings }, signal: CancelSignal) {
    this.#enter = () => loginTurns.enter(settings.auth)
    this.#signal = signal
    this.#turn = this.#enter()
  }

  /** @throws SessionFailed */
  readonly run = async (session: Session): Promise<void> => {
    const turn = this.#turn
    let failed: SessionFailed | undefined
    try {
      const refusal = await turn.take(this.#signal)
      if (refusal) throw refusal
      await session.logIn()
      turn.accepted()
    } catch (error) {
      if (error instanceof SessionFailed) failed = error
      throw error
    } finally {
      turn.end(failed)
      this.#turn = this.#enter()
    }
  }

  /** Called when the check has ended. */
  end(): void {
    this.#turn.end()
  }
}
