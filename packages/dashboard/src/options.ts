import { assertPositive, type Clock, type Locale } from '@postern/core'
import { assertAuthorize, type SettingsCheckRouteOptions } from '@postern/core/http'
import type { NamedMailer } from './mailer.ts'
import type { TestMessageOptions } from './routes/test-message.ts'

/** Options of `createDashboard`. Durations are milliseconds. */
export interface DashboardOptions<Context = unknown> {
  /**
   * Decides whether a request is allowed: for the page, its files, its data and its posts. Any result other than `true`, and any error,
   * denies it. `context` is what the framework passes: the request of Express, Nest or Fastify, or the second argument of `handle`.
   */
  readonly authorize: (request: Request, context: Context) => boolean | Promise<boolean>
  /** Leaves out the settings form and the test message. @default false */
  readonly readOnly?: boolean | undefined
  /** The language of the page. Default: that of the browser, out of those that core has. */
  readonly locale?: Locale | undefined
  /** The path at which a web-standard handler is mounted: `/admin/mail`. The other mounts know it. @default '/' */
  readonly path?: string | undefined
  /** The path of the page as the browser sees it, if a proxy changes it: `/ops/mail/`. */
  readonly base?: string | undefined
  /** The limits of the settings check: what it may connect to, and how often. */
  readonly settingsCheck?: SettingsCheckRouteOptions | undefined
  /** The sender of the test message. Default: the page sends none. */
  readonly testMessage?: TestMessageOptions | undefined
  /** How much is kept per mailer. @default { events: 1000, failures: 50 } */
  readonly history?: { readonly events?: number | undefined; readonly failures?: number | undefined } | undefined
  /** For how long a check, or an accepted message, proves the health while the page is open; `Infinity`: no checks. @default 60000 */
  readonly checkEvery?: number | undefined
  /** The number of pages that are open at the same time; further ones take requests instead of a stream. @default 200 */
  readonly maxStreams?: number | undefined
  /** After which time a stream is opened and authorised again. @default 900000 */
  readonly streamLifetime?: number | undefined
  /** Identifies a caller for the rate limits of check and test message. Default: one limit for all. */
  readonly caller?: ((request: Request, context: Context) => string) | undefined
  /** Called with unexpected errors. The client sees a problem without a cause. */
  readonly onError?: ((error: unknown) => unknown) | undefined
  /** The source of time, for tests. */
  readonly clock?: Clock | undefined
}

/** The limits with their defaults. @throws TypeError without `authorize`; SettingsError for an invalid number */
export function readLimits({ history = {}, checkEvery = 60_000, maxStreams = 200, streamLifetime = 900_000 }: DashboardOptions<never>) {
  const { events = 1_000, failures = 50 } = history
  assertPositive({ 'history.events': events, 'history.failures': failures, checkEvery, maxStreams, streamLifetime })
  return { events: Math.ceil(events), failures: Math.ceil(failures), checkEvery, maxStreams, streamLifetime }
}

/** @throws TypeError with the code `authorize-missing` */
export function expectAuthorize(authorize: unknown): void {
  const reason =
    'the page shows how mail is sent, and connects to hosts that callers name. Pass a function that returns true for administrators: ' +
    '{ authorize: (request, context) => isAdmin(context) }.'
  assertAuthorize('createDashboard', authorize, reason)
}

/** @throws TypeError if a mailer cannot send the test message */
export function expectSenders(mailers: readonly NamedMailer[]): void {
  if (mailers.every(({ mailer }) => typeof mailer.sendMail === 'function')) return
  const message = 'The option testMessage needs mailers with sendMail(): pass the transporter and not the plug-in of submissionTransport().'
  throw Object.assign(new TypeError(message), { code: 'mailer-invalid' })
}
