import type { Attempt, Endpoint, Failure, HealthSource, NoUsableEndpointError, RungState, SelectorChange, SelectorState } from '@postern/core'
import type { PoolState } from '@postern/core/submission'

/** The result of a message, as a mailer emits it. */
export interface MailerOutcome {
  readonly messageId: string
  readonly outcome: 'accepted' | 'not-accepted' | 'unknown'
  readonly ms: number
  readonly endpoint?: Endpoint
  readonly failure?: Failure
}

/** The events of a mailer that the dashboard shows. */
export interface MailerEvents {
  attempt: [attempt: Attempt]
  selected: [change: SelectorChange]
  fallback: [change: SelectorChange]
  recovered: [change: SelectorChange]
  exhausted: [error: NoUsableEndpointError]
  outcome: [message: MailerOutcome]
}

/** Adds or removes a listener. Not generic, because TypeScript finds no generic method of an `EventEmitter` assignable to another one. */
export interface MailerListen {
  (event: 'attempt', listener: (...args: MailerEvents['attempt']) => void): unknown
  (event: 'selected', listener: (...args: MailerEvents['selected']) => void): unknown
  (event: 'fallback', listener: (...args: MailerEvents['fallback']) => void): unknown
  (event: 'recovered', listener: (...args: MailerEvents['recovered']) => void): unknown
  (event: 'exhausted', listener: (...args: MailerEvents['exhausted']) => void): unknown
  (event: 'outcome', listener: (...args: MailerEvents['outcome']) => void): unknown
}

/** A mailer: a transporter of `createTransport()` of `@postern/nodemailer`, or its plug-in. */
export interface DashboardMailer extends HealthSource {
  state(): SelectorState & { readonly rungs: readonly (RungState & { readonly nextCheckAt?: Date })[] }
  metrics(): PoolState
  readonly on: MailerListen
  readonly off: MailerListen
  /** For the test message. */
  // oxlint-disable-next-line typescript/no-explicit-any -- each mailer has its own message type
  sendMail?(message: any): Promise<unknown>
}

/** A mailer with its name. */
export interface NamedMailer {
  readonly name: string
  readonly mailer: DashboardMailer
}

/** The mailers by name; a single one is `default`. @throws TypeError for anything else */
export function namedMailers(given: DashboardMailer | Readonly<Record<string, DashboardMailer>>): readonly NamedMailer[] {
  const named = isMailer(given) ? [{ name: 'default', mailer: given }] : Object.entries(given ?? {}).map(([name, mailer]) => ({ name, mailer }))
  if (named.length > 0 && named.every(({ mailer }) => isMailer(mailer))) return named
  const message =
    'createDashboard() needs a transporter of @postern/nodemailer, or a record of them by name. ' +
    'A transporter created by nodemailer itself has no state to show; with submissionTransport, pass the plug-in.'
  throw Object.assign(new TypeError(message), { code: 'mailer-invalid' })
}

function isMailer(given: unknown): given is DashboardMailer {
  const has = (name: string) => typeof (given as Record<string, unknown> | null | undefined)?.[name] === 'function'
  return ['state', 'metrics', 'examine', 'on', 'off'].every(has)
}
