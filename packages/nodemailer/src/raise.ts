/** A fault of the caller's own code is not the message's: it comes up as any fault in a listener of Node's does. */
export function raise(fault: unknown): void {
  process.nextTick(() => {
    throw fault
  })
}
