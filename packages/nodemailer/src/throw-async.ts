/** Throws an error of the caller's code asynchronously, as an uncaught exception. */
export function throwAsync(error: unknown): void {
  process.nextTick(() => {
    throw error
  })
}
