/** Octets. A line of 3 kB a second takes the first write within the wait for one block (RFC 5321 §4.5.3.2.5). */
const FIRST = 524_288
const SMALLEST = 131_072

/** Larger writes do not fit into the send buffer, and are taken in many small parts. */
const LARGEST = 1_048_576

/** A write that ends within this many milliseconds is followed by one of twice the size. */
const FAST = 500

/** After a write that took longer than this many milliseconds the next one has half the size. */
const SLOW = 10_000

/**
 * How many octets of a message are given to the operating system at once. Each write costs a system call and a turn of the
 * event loop, so a fast line gets few large ones; on a slow line small ones show that the transfer moves.
 */
export class WriteSize {
  octets = FIRST

  /** A write of full size was taken by the operating system after `ms` milliseconds. */
  adapt(ms: number): void {
    if (ms < FAST) this.octets = Math.min(this.octets * 2, LARGEST)
    else if (ms > SLOW) this.octets = Math.max(this.octets / 2, SMALLEST)
  }
}
