import type { Failure } from '@postern/core'
import type { FailureFacts, RecordedFailure } from '../state.ts'

/** A failure as core made it, so that it can be shown in any language. */
export interface KeptFailure extends Omit<RecordedFailure, keyof FailureFacts> {
  readonly failure: Failure
}

/** A failure that happened once. */
export type NewFailure = Omit<KeptFailure, 'count'>

/**
 * The last failures. One that was recorded before is moved to the front and counted: while ports are down, the same few fail in
 * turn, and must not displace all others.
 */
export class FailureList {
  readonly #limit: number
  #failures: readonly KeptFailure[] = []

  constructor(limit: number) {
    this.#limit = limit
  }

  /** The newest first. */
  get all(): readonly KeptFailure[] {
    return this.#failures
  }

  add(added: NewFailure): void {
    const known = this.#failures.find((other) => isSame(other, added))
    const others = this.#failures.filter((other) => other !== known)
    this.#failures = [{ ...added, count: (known?.count ?? 0) + 1 }, ...others].slice(0, this.#limit)
  }

  /** Removes the failure that was added last, because another one is to be recorded for the same event. */
  takeBack(): void {
    const [newest, ...others] = this.#failures
    if (newest) this.#failures = newest.count > 1 ? [{ ...newest, count: newest.count - 1 }, ...others] : others
  }
}

function isSame(one: NewFailure, other: NewFailure): boolean {
  const isSameFailure = (['code', 'stage', 'message', 'advice'] as const).every((name) => one.failure[name] === other.failure[name])
  return isSameFailure && one.port === other.port && one.delivery === other.delivery
}
