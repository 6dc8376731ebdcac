import type { Failure, FailureCode } from '../failure/failure.ts'
import type { Reply } from './reply.ts'

/** The rejection of a step of a session. Its texts are built on first access, because the next attempt should start first. */
export class SessionFailed extends Error {
  /** The code of the failure, known before its texts. */
  readonly code: FailureCode
  /** The last reply of the server. */
  readonly lastReply: Reply | undefined
  readonly #explain: () => Failure
  #failure: Failure | undefined

  /** @param cause the error of a caller's function that ended the session */
  constructor(code: FailureCode, explain: () => Failure, lastReply?: Reply, cause?: unknown) {
    super('The session failed.', { cause })
    this.code = code
    this.lastReply = lastReply
    this.#explain = explain
  }

  get failure(): Failure {
    return (this.#failure ??= this.#explain())
  }
}
