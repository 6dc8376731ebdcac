import { timerMs } from '../clock.ts'
import { Cancellation, type CancelSignal } from '../smtp/cancellation.ts'

/** Aborts a message at its deadline, or with the signal of its caller. */
export class JobCancellation extends Cancellation {
  #deadline: NodeJS.Timeout | undefined
  #leaveSignal: (() => void) | undefined

  /** @param ms milliseconds */
  abortAfter(ms: number, makeReason: () => unknown): void {
    this.#deadline = setTimeout(() => this.abort(makeReason()), timerMs(ms))
  }

  abortWith(signal: CancelSignal): void {
    this.#leaveSignal = this.follow(signal)
  }

  /** Stops the deadline and no longer listens to the signal. */
  release(): void {
    clearTimeout(this.#deadline)
    this.#leaveSignal?.()
  }
}
