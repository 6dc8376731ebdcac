import type { DashboardState, MailerState } from '../../state.ts'

/** Events kept per mailer. */
const most = 10_000

/** The new state with the events of the old one before its own. */
export function mergeState(old: DashboardState, update: DashboardState): DashboardState {
  const before = new Map(old.mailers.map((mailer) => [mailer.name, mailer.events]))
  return { ...update, mailers: update.mailers.map((mailer) => ({ ...mailer, events: mergeEvents(before.get(mailer.name) ?? [], mailer.events) })) }
}

/** The id of the newest event; the server sends what comes after it. */
export function lastEventId(state: DashboardState): number {
  return state.mailers.reduce((last, { events }) => Math.max(last, events.at(-1)?.id ?? 0), 0)
}

function mergeEvents(old: MailerState['events'], added: MailerState['events']): MailerState['events'] {
  const last = old.at(-1)?.id ?? 0
  const news = added.filter(({ id }) => id > last)
  return news.length === 0 ? old : [...old, ...news].slice(-most)
}
