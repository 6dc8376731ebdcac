/** Runs of one subject, in milliseconds. */
export interface Sample {
  readonly name: string
  readonly times: readonly number[]
  readonly median: number
}

export interface Subject {
  readonly name: string
  run(): Promise<void>
}

/**
 * Runs the subjects in turn, round by round, so that whatever else the machine does meets all of them alike; each round
 * begins with another one. The first rounds warm up and are not counted.
 */
export async function measure(subjects: readonly Subject[], rounds: number, warmUp = 3): Promise<readonly Sample[]> {
  const times = subjects.map((): number[] => [])
  for (let round = -warmUp; round < rounds; round++) {
    for (let turn = 0; turn < subjects.length; turn++) {
      const index = (turn + Math.max(round, 0)) % subjects.length
      const began = performance.now()
      await subjects[index]!.run()
      if (round >= 0) times[index]!.push(performance.now() - began)
    }
  }
  return subjects.map(({ name }, index) => ({ name, times: times[index]!, median: median(times[index]!) }))
}

export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

/** One after the other, not all at once. */
export async function timed(run: () => Promise<unknown>): Promise<{ readonly ms: number; readonly error: unknown }> {
  const began = performance.now()
  try {
    await run()
    return { ms: performance.now() - began, error: undefined }
  } catch (error) {
    return { ms: performance.now() - began, error }
  }
}
