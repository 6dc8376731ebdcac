/**
 * Examines all ports concurrently without a login, then tests the login and the sender once, on the best port that works. Repeating
 * a refused login on another port would lock accounts.
 *
 * @param ports best first
 * @param mayUse whether a port may be chosen as the best
 * @param hasMore whether there is a login or a sender to test
 * @param examine examines one port; in its last call with `isLast`, on the best port
 * @returns the report of each port, and the index of the best one, or -1
 */
export async function examinePorts<Port, Report extends { readonly ok: boolean }>(
  ports: readonly Port[],
  mayUse: (port: Port) => boolean,
  hasMore: boolean,
  examine: (port: Port, isLast: boolean) => Promise<Report>,
): Promise<{ readonly reports: readonly Report[]; readonly best: number }> {
  const reports: Report[] = await Promise.all(ports.map((port) => examine(port, false)))
  const best = ports.findIndex((port, index) => reports[index]!.ok && mayUse(port))
  if (hasMore && best !== -1) reports[best] = await examine(ports[best]!, true)
  return { reports, best }
}
