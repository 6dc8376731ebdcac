import { createSettingsCheckRoute, systemClock } from '@postern/core/http'
import { EventIds } from './history/event-ids.ts'
import { Recorder } from './history/recorder.ts'
import { Feed } from './live/feed.ts'
import { HealthWatch } from './live/health-watch.ts'
import { type DashboardMailer, namedMailers } from './mailer.ts'
import { type DashboardOptions, expectAuthorize, expectSenders, readLimits } from './options.ts'
import { assetRoute } from './routes/asset.ts'
import { eventsRoute, stateRoute } from './routes/live.ts'
import { pageRoute } from './routes/page.ts'
import { postRoute } from './routes/post.ts'
import type { Route } from './routes/route.ts'
import { createRouter } from './routes/router.ts'
import { testMessageRoute } from './routes/test-message.ts'

/** The dashboard of one or more mailers. */
export interface Dashboard<Context = unknown> {
  /**
   * Answers a web-standard request. Never rejects.
   *
   * @param context passed to `authorize` and `caller`
   * @param path where the handler is mounted. Default: `path` of the options
   */
  readonly handle: (request: Request, context?: Context, path?: string) => Promise<Response>
  /** Ends the open streams and the recording. The mailers stay open. */
  readonly close: () => void
}

/**
 * Creates a dashboard: a page for an admin area that shows how mail is sent. It records from now on. Nothing is shown to callers
 * that `authorize` does not let through.
 *
 * @param mailers a transporter of `@postern/nodemailer`, or a record of them by name
 * @throws TypeError without `authorize`, and for other mailers; SettingsError for invalid options
 * @example
 * const dashboard = createDashboard(mailer, { authorize: (_request, req: express.Request) => req.session.isAdmin === true })
 * app.use('/admin/mail', nodeHandler(dashboard))
 */
export function createDashboard<Context = unknown>(
  mailers: DashboardMailer | Readonly<Record<string, DashboardMailer>>,
  options: DashboardOptions<Context>,
): Dashboard<Context> {
  expectAuthorize(options?.authorize)
  const { readOnly = false, settingsCheck, testMessage, onError, clock = systemClock } = options
  const { events, failures, checkEvery, maxStreams, streamLifetime } = readLimits(options)
  const named = namedMailers(mailers)
  const ids = new EventIds(clock)
  const onChange = () => feed.changed()
  const watched = named.map(({ name, mailer }) => ({ name, mailer, recorder: new Recorder(mailer, { limits: { events, failures }, ids, clock, onChange }) }))
  const health = new HealthWatch(named, { checkEvery, clock, onChange })
  const feed = new Feed(watched, { ids, clock, maxStreams, streamLifetime, onBeat: () => void health.look() })

  const routes = new Map<string, Route>([
    ['', pageRoute({ feed, health, readOnly, testMessage: testMessage && { from: testMessage.from, ...(testMessage.to !== undefined && { to: testMessage.to }) } })],
    ['state', stateRoute({ feed, health })],
    ['events', eventsRoute({ feed, health })],
    ['app.js', assetRoute('app.js')],
    ['app.css', assetRoute('app.css')],
  ])
  if (!readOnly) routes.set('check', postRoute(createSettingsCheckRoute({ onError, ...settingsCheck })))
  if (!readOnly && testMessage) {
    expectSenders(named)
    routes.set('test-message', postRoute(testMessageRoute(named, testMessage, { onError })))
  }

  return {
    handle: createRouter(routes, options) as Dashboard<Context>['handle'],
    close() {
      for (const { recorder } of watched) recorder.stop()
      feed.close()
    },
  }
}
