/** Throws an exception of a listener outside Postern, as an uncaught one, like that of any listener of Node's. */
export function throwAsync(error: unknown): void {
  queueMicrotask(() => {
    throw error
  })
}
