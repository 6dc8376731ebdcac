export interface Rounds {
  readonly rounds: number
  /** Rounds before those that are counted. @default 1 */
  readonly warmUp?: number | undefined
}

/**
 * Runs every subject once per round and returns the results by subject. The order rotates from round to round, so that
 * other load on the machine affects all subjects alike.
 */
export async function inRounds<Subject, Result>(
  subjects: readonly Subject[],
  { rounds, warmUp = 1 }: Rounds,
  run: (subject: Subject) => Promise<Result>,
): Promise<readonly (readonly Result[])[]> {
  const results = subjects.map((): Result[] => [])
  for (let round = -warmUp; round < rounds; round++) {
    for (let turn = 0; turn < subjects.length; turn++) {
      const index = (turn + Math.max(round, 0)) % subjects.length
      const result = await run(subjects[index]!)
      if (round >= 0) results[index]!.push(result)
    }
  }
  return results
}
