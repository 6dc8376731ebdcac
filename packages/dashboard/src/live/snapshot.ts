import { isSameEndpoint, type Locale } from '@postern/core'
import { healthDetails, observedHealth, stateInLocale } from '@postern/core/http'
import type { PoolState as MailerPool } from '@postern/core/submission'
import type { Recorder } from '../history/recorder.ts'
import type { DashboardMailer, NamedMailer } from '../mailer.ts'
import type { Gate, MailerState, PoolState } from '../state.ts'

/** A mailer with its history. */
export interface Watched extends NamedMailer {
  readonly recorder: Recorder
}

/**
 * The state of one mailer, in one language. Makes no connection.
 *
 * @param after the id of the newest event that is left out
 */
export function snapshotOf({ name, mailer, recorder }: Watched, after: number, { now, locale }: { readonly now: number; readonly locale: Locale }): MailerState {
  const state = stateInLocale(mailer.state(), locale)
  const health = observedHealth(state, { locale, now })
  const { endpoint, rungs, inUseSince } = state
  const reason = health ?? rungs.find(({ failure }) => failure)?.failure
  // Without a report, the rungs are described as in one.
  const details = healthDetails(health ?? { status: 'fail', checkedAt: new Date(now), rungs })
  return {
    name,
    host: rungs[0]?.endpoint.host ?? '',
    status: health?.status ?? 'unknown',
    ...(reason?.message !== undefined && { message: reason.message }),
    ...(reason?.advice !== undefined && { advice: reason.advice }),
    ...(endpoint && { inUse: { port: endpoint.port, security: endpoint.security, since: inUseSince?.getTime() ?? recorder.since } }),
    sentLastHour: recorder.sentLastHour,
    failedLastDay: recorder.failedLastDay,
    ...(details.certificateDays !== undefined && { certificateDays: details.certificateDays }),
    gates: details.rungs.map((rung, index) => gateOf(rung, rungs[index]!, endpoint)),
    pool: poolOf(mailer.metrics()),
    failures: recorder.failuresIn(locale),
    events: recorder.eventsAfter(after),
  }
}

type State = ReturnType<DashboardMailer['state']>

function gateOf(details: ReturnType<typeof healthDetails>['rungs'][number], rung: State['rungs'][number], used: State['endpoint']): Gate {
  const { port, security, status, triedAt, failure, certificateDays } = details
  const { tls, nextCheckAt } = rung
  return {
    port,
    security,
    status,
    inUse: used !== undefined && isSameEndpoint(rung.endpoint, used),
    ...(triedAt && { triedAt: triedAt.getTime() }),
    ...(nextCheckAt && { nextCheckAt: nextCheckAt.getTime() }),
    ...(failure && { failure }),
    ...(tls && { tls: { protocol: tls.protocol, cipher: tls.cipher, verified: tls.verified } }),
    ...(certificateDays !== undefined && { certificateDays }),
  }
}

/** Without a pool each message has a connection of its own, and JSON has no `Infinity`. */
function poolOf({ queued, pending, connections, maxConnections }: MailerPool): PoolState {
  return { queued, pending, connections, maxConnections: Number.isFinite(maxConnections) ? maxConnections : Math.max(connections, pending) }
}
