import { inRounds } from './rounds.ts'

/** Median milliseconds of one run. */
export interface Sample {
  readonly median: number
  /** User and system time of this process. */
  readonly cpu: number
}

export interface Subject {
  run(): Promise<void>
}

/** Calls until Node has compiled the code, for comparisons of CPU-bound work. */
export const WARM_UP = 2_000

export async function measure(subjects: readonly Subject[], rounds: number, warmUp = 3): Promise<readonly Sample[]> {
  const results = await inRounds(subjects, { rounds, warmUp }, async (subject) => {
    const [startedAt, cpuBefore] = [performance.now(), process.cpuUsage()]
    await subject.run()
    const [ms, { user, system }] = [performance.now() - startedAt, process.cpuUsage(cpuBefore)]
    return { ms, cpu: (user + system) / 1_000 }
  })
  return results.map((runs) => ({ median: median(runs.map(({ ms }) => ms)), cpu: median(runs.map(({ cpu }) => cpu)) }))
}

export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

/** Measures one call, whether it resolves or rejects. */
export async function timed(run: () => Promise<unknown>): Promise<{ readonly ms: number; readonly error: unknown }> {
  const startedAt = performance.now()
  try {
    await run()
    return { ms: performance.now() - startedAt, error: undefined }
  } catch (error) {
    return { ms: performance.now() - startedAt, error }
  }
}
