/**
 * Looks at ports side by side, in the time of the slowest one alone, and then logs in on the best that works: one login, on
 * one port, after everything else. A refused one that is tried again elsewhere locks accounts.
 *
 * @param ports best first
 * @param mayUse whether a port may be the best
 * @param look examines a port, with a login or without
 * @returns what was seen of each port, and the place of the best, -1 without one
 */
export async function sideBySide<Port, Seen extends { readonly ok: boolean }>(
  ports: readonly Port[],
  mayUse: (port: Port) => boolean,
  login: boolean,
  look: (port: Port, login: boolean) => Promise<Seen>,
): Promise<{ readonly seen: readonly Seen[]; readonly best: number }> {
  const seen: Seen[] = await Promise.all(ports.map((port) => look(port, false)))
  const best = ports.findIndex((port, index) => seen[index]!.ok && mayUse(port))
  if (login && best !== -1) seen[best] = await look(ports[best]!, true)
  return { seen, best }
}
