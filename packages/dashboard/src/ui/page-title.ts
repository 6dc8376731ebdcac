import type { DashboardState } from '../state.ts'
import type { UiTexts } from './page-data.ts'

/** The worst status first, so that it can be read from the tab. */
export function titleOf({ mailers }: DashboardState, { title, status }: Pick<UiTexts, 'title' | 'status'>): string {
  const worst = (['fail', 'warn', 'unknown', 'pass'] as const).find((one) => mailers.some((mailer) => mailer.status === one))
  return worst ? `${status[worst]} · ${title}` : title
}
