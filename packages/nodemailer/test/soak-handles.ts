/** Resources that keep a process alive, by kind. */
export type Handles = ReadonlyMap<string, number>

export function countHandles(): Handles {
  const counted = new Map<string, number>()
  for (const kind of process.getActiveResourcesInfo()) counted.set(kind, (counted.get(kind) ?? 0) + 1)
  return counted
}

/**
 * The resources beyond those of before that are still there after two seconds. A connection that was ended closes a little
 * later. The wait is made of turns of the event loop, since a timer would count itself.
 */
export async function handlesLeft(before: Handles): Promise<string[]> {
  let left: string[] = []
  for (const until = performance.now() + 2_000; performance.now() < until; ) {
    left = [...countHandles()]
      .filter(([kind, now]) => watched.has(kind) && now > (before.get(kind) ?? 0))
      .map(([kind, now]) => `${now - (before.get(kind) ?? 0)} ${kind} left`)
    if (left.length === 0) return []
    await new Promise(setImmediate)
  }
  return left
}

const watched: ReadonlySet<string> = new Set(['TCPSocketWrap', 'TCPServerWrap', 'TLSWrap', 'Timeout', 'GetAddrInfoReqWrap'])
