import type { Locale, SettingsForm } from '@postern/core'
import type { DashboardState } from './state.ts'

/** What the page is made from, on the server and in the browser. */
export interface PageModel {
  readonly locale: Locale
  /** The path of the page, with a slash at the end. The routes below it: `state`, `events`, `check`, `test-message`, `app.js`, `app.css`. */
  readonly base: string
  readonly state: DashboardState
  /** Whether there are earlier events than those of the state; absent if not. */
  readonly hasEarlier?: boolean
  /** The settings form; absent with `readOnly`. */
  readonly form?: SettingsForm
  /** Whether a test message can be sent, and whether its recipient is fixed; absent with `readOnly`, or without a sender. */
  readonly testMessage?: { readonly from: string; readonly to?: string }
}
