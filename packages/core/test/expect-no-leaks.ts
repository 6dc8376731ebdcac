/** The number of active resources of these kinds. */
function activeCount(kinds: RegExp): number {
  return process.getActiveResourcesInfo().filter((kind) => kinds.test(kind)).length
}

const connections = /TCPSocket|ConnectWrap|TLS|GetAddrInfo/
const timers = /Timeout/

/**
 * Runs a function, then waits until no connection or DNS lookup is active and there are no more timers than before. A leak makes
 * the test time out.
 *
 * @param own the number of connections the test itself holds open
 */
export async function expectNoLeaks<T>(run: () => Promise<T>, own = 0): Promise<T> {
  await until(() => activeCount(connections) === own)
  const before = activeCount(timers)
  const result = await run()
  await until(() => activeCount(connections) === own && activeCount(timers) <= before)
  return result
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve))
}
