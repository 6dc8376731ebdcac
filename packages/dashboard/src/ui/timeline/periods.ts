const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

/** The periods that the timeline can show, in milliseconds. */
export const periods: readonly number[] = [minute, 10 * minute, hour, 6 * hour, day, 7 * day]

/** The shortest period with every event, or the longest one. */
export function periodOf(events: readonly { readonly at: number }[], now: number): number {
  const span = now - (events[0]?.at ?? now)
  return periods.find((period) => period >= span) ?? periods.at(-1)!
}
