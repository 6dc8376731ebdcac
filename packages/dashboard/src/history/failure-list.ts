import type { RecordedFailure } from '../state.ts'

/** A failure that happened once. */
export type NewFailure = Omit<RecordedFailure, 'count'>

/**
 * The last failures. One that was recorded before is moved to the front and counted: while ports are down, the same few fail in
 * turn, and must not displace all others.
 */
export class FailureList {
  readonly #limit: number
  #failures: readonly RecordedFailure[] = []

  constructor(limit: number) {
    this.#limit = limit
  }

  /** The newest first. */
  get all(): readonly RecordedFailure[] {
    return this.#failures
  }

  add(failure: NewFailure): void {
    const known = this.#failures.find((other) => isSame(other, failure))
    const others = this.#failures.filter((other) => other !== known)
    this.#failures = [{ ...failure, count: (known?.count ?? 0) + 1 }, ...others].slice(0, this.#limit)
  }

  /** Removes the failure that was added last, because another one is to be recorded for the same event. */
  takeBack(): void {
    const [newest, ...others] = this.#failures
    if (newest) this.#failures = newest.count > 1 ? [{ ...newest, count: newest.count - 1 }, ...others] : others
  }
}

function isSame(one: NewFailure, other: NewFailure): boolean {
  return (['code', 'stage', 'message', 'advice', 'port', 'delivery'] as const).every((name) => one[name] === other[name])
}
