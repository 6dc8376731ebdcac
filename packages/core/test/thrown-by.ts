/** Returns what a function throws, or `undefined` if it does not throw. */
export function thrownBy(run: () => unknown): unknown {
  try {
    run()
    return undefined
  } catch (error) {
    return error
  }
}
