/** What one run of a subject took, in milliseconds: medians. */
export interface Sample {
  readonly median: number
  /** User and system time of this process. */
  readonly cpu: number
}

export interface Subject {
  run(): Promise<void>
}

/** Calls until Node has compiled what it runs, where the work itself is compared and not the network. */
export const WARM_UP = 2_000

/**
 * Runs the subjects in turn, round by round, so that whatever else the machine does meets all of them alike; each round
 * begins with another one. The first rounds warm up and are not counted.
 */
export async function measure(subjects: readonly Subject[], rounds: number, warmUp = 3): Promise<readonly Sample[]> {
  const taken = subjects.map((): { readonly wall: number[]; readonly cpu: number[] } => ({ wall: [], cpu: [] }))
  for (let round = -warmUp; round < rounds; round++) {
    for (let turn = 0; turn < subjects.length; turn++) {
      const index = (turn + Math.max(round, 0)) % subjects.length
      const [began, used] = [performance.now(), process.cpuUsage()]
      await subjects[index]!.run()
      const [ms, { user, system }] = [performance.now() - began, process.cpuUsage(used)]
      if (round < 0) continue
      taken[index]!.wall.push(ms)
      taken[index]!.cpu.push((user + system) / 1_000)
    }
  }
  return taken.map(({ wall, cpu }) => ({ median: median(wall), cpu: median(cpu) }))
}

export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

/** How long one call takes, whatever becomes of it. */
export async function timed(run: () => Promise<unknown>): Promise<{ readonly ms: number; readonly error: unknown }> {
  const began = performance.now()
  try {
    await run()
    return { ms: performance.now() - began, error: undefined }
  } catch (error) {
    return { ms: performance.now() - began, error }
  }
}
