import type { AttemptEvent } from '../state.ts'

type StageTimes = AttemptEvent['stages']

/** What a stage is spent on. */
export type Phase = 'network' | 'encryption' | 'login'

const phases: Readonly<Record<string, Phase>> = {
  dns: 'network',
  connect: 'network',
  greeting: 'network',
  ehlo: 'encryption',
  starttls: 'encryption',
  tls: 'encryption',
  auth: 'login',
}

/** The phase of a stage. */
export function phaseOf(stage: string): Phase {
  return phases[stage] ?? 'login'
}

/** One entry for each stage. EHLO occurs before and after STARTTLS. */
export function mergedStages(stages: StageTimes): StageTimes {
  const sums = new Map<string, number>()
  for (const { stage, ms } of stages) sums.set(stage, (sums.get(stage) ?? 0) + ms)
  return [...sums].map(([stage, ms]) => ({ stage, ms }))
}
