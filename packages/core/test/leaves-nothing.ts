/** How many of these the process holds at this moment. */
function held(kinds: RegExp): number {
  return process.getActiveResourcesInfo().filter((kind) => kinds.test(kind)).length
}

const connections = /TCPSocket|ConnectWrap|TLS|GetAddrInfo/
const timers = /Timeout/

/**
 * Runs something and waits until no connection and no look-up is left, and no timer more than before. What leaks keeps this
 * waiting until the test's own limit.
 *
 * @param own how many connections the test holds itself
 */
export async function leavesNothing<T>(run: () => Promise<T>, own = 0): Promise<T> {
  await until(() => held(connections) === own)
  const before = held(timers)
  const result = await run()
  await until(() => held(connections) === own && held(timers) <= before)
  return result
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve))
}
