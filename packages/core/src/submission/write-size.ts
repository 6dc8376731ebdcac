/** Octets. At 3 kB/s, the first write is accepted within the timeout for one block (RFC 5321 §4.5.3.2.5). */
const FIRST = 524_288
const SMALLEST = 131_072

/** Larger writes do not fit into the send buffer, and are split into many small ones. */
const LARGEST = 1_048_576

/** After a write that takes less than this many milliseconds, the size is doubled. */
const FAST = 500

/** After a write that takes longer than this many milliseconds, the size is halved. */
const SLOW = 10_000

/**
 * The number of octets per write. Each write costs a system call and an iteration of the event loop, so large writes suit a
 * fast connection. On a slow one, small writes show that the transfer makes progress.
 */
export class WriteSize {
  octets = FIRST

  /** Adapts the size after a full-size write that took `ms` milliseconds. */
  adapt(ms: number): void {
    if (ms < FAST) this.octets = Math.min(this.octets * 2, LARGEST)
    else if (ms > SLOW) this.octets = Math.max(this.octets / 2, SMALLEST)
  }
}
