import { usePage } from './page-context.ts'
import { formatClock, formatDistance, type Precision } from './values.ts'

/** The clock of the reader. Until the script runs the reader's time zone is unknown, and the time is printed in UTC. */
export function ClockTime({ at, precision = 'minute' }: { readonly at: number; readonly precision?: Precision | undefined }) {
  const { now, locale, hydrated } = usePage()
  const clock = formatClock(at, now, locale, hydrated ? undefined : 'UTC', precision)
  return <time dateTime={new Date(at).toISOString()}>{hydrated ? clock : `${clock} UTC`}</time>
}

/** How long ago, or how soon. */
export function Distance({ at }: { readonly at: number }) {
  const { now, locale } = usePage()
  return <time dateTime={new Date(at).toISOString()}>{formatDistance(at, now, locale)}</time>
}
