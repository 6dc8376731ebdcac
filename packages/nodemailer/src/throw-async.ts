/** Throws an error of the caller's own code outside Postern's, as an error in a listener of Node's does. */
export function throwAsync(error: unknown): void {
  process.nextTick(() => {
    throw error
  })
}
