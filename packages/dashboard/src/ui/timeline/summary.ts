import type { TimelineEvent } from '../../state.ts'

/** The numbers that describe the timeline in words. */
export function summarise(events: readonly TimelineEvent[]) {
  const sums = { attempts: 0, failedAttempts: 0, changes: 0, accepted: 0, refused: 0, unknown: 0 }
  for (const event of events) {
    if (event.kind === 'attempt') {
      sums.attempts += 1
      if (event.outcome === 'failed') sums.failedAttempts += 1
    } else if (event.kind === 'send') sums[event.outcome === 'not-accepted' ? 'refused' : event.outcome] += 1
    else if (event.kind !== 'exhausted') sums.changes += 1
  }
  return sums
}
