import type { DashboardState, MailerState } from '../state.ts'
import { gateWall, portcullis } from './gate-drawing.tsx'
import type { UiTexts } from './page-data.ts'

const worstFirst = ['fail', 'warn', 'unknown', 'pass'] as const

/** The worst status of all mailers; none without a mailer. */
export function overallStatus({ mailers }: DashboardState): MailerState['status'] | undefined {
  return worstFirst.find((one) => mailers.some(({ status }) => status === one))
}

/** The title of the document. It begins with the status, so that it can be read from the tab. */
export function titleOf(state: DashboardState, { title, status }: Pick<UiTexts, 'title' | 'status'>): string {
  const overall = overallStatus(state)
  return overall ? `${status[overall]} · ${title}` : title
}

/** Readable on light and dark tabs. */
const colours = { pass: '#2b9158', warn: '#c47f12', fail: '#e0443a', unknown: '#7d8882' } as const satisfies Record<MailerState['status'], string>
const gates = { pass: 'up', warn: 'up', fail: 'down', unknown: 'untried' } as const satisfies Record<MailerState['status'], keyof typeof portcullis>

/** The icon of the tab: an open or a closed gate. */
export function iconOf(state: DashboardState): string {
  const overall = overallStatus(state) ?? 'unknown'
  const [colour, bars] = [colours[overall], portcullis[gates[overall]]]
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 48 48"><path fill="${colour}" d="${gateWall}"/><path fill="none" stroke="${colour}" stroke-width="2" d="${bars}"/></svg>`
  return `data:image/svg+xml,${encodeURIComponent(svg)}`
}
