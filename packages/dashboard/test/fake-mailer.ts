import { EventEmitter } from 'node:events'
import { type Attempt, describeFailure, type Endpoint, type Failure, type FailureCode, NoUsableEndpointError, type SelectorState, type Stage } from '@postern/core'
import type { PoolState } from '@postern/core/submission'
import type { DashboardMailer, MailerEvents, MailerOutcome } from '../src/mailer.ts'

export const host = 'smtp.example.com'
export const best: Endpoint = { host, port: 587, security: 'starttls' }
export const second: Endpoint = { host, port: 2525, security: 'starttls' }

/** A mailer without a connection: a test sets its state and emits its events. */
export class FakeMailer extends EventEmitter<MailerEvents> implements DashboardMailer {
  current: SelectorState = { endpoint: best, inUseSince: new Date(0), rungs: [best, second].map((endpoint) => ({ endpoint, status: 'up' as const })) }
  pool: PoolState = { queued: 0, pending: 0, connections: 0, maxConnections: 5 }
  /** How often the state was read. */
  reads = 0
  checks = 0
  readonly messages: unknown[] = []

  state(): SelectorState {
    this.reads += 1
    return this.current
  }

  metrics(): PoolState {
    return this.pool
  }

  async examine(): Promise<Endpoint> {
    this.checks += 1
    return best
  }

  async sendMail(message: unknown): Promise<unknown> {
    this.messages.push(message)
    return {}
  }

  /** Emits the outcome of a message. */
  send(outcome: MailerOutcome['outcome'] = 'accepted', failure?: Failure): void {
    this.emit('outcome', { messageId: '<1@example.com>', outcome, ms: 12.34, endpoint: best, ...(failure && { failure }) })
  }

  /** Emits a failed attempt. */
  attempt(failure: Failure, endpoint = best): void {
    this.emit('attempt', attemptWith(failure, endpoint))
  }

  exhaust(failure: Failure): void {
    this.emit('exhausted', new NoUsableEndpointError([attemptWith(failure, best)], failure))
  }
}

export function attemptWith(failure: Failure | undefined, endpoint: Endpoint): Attempt {
  const stage = failure?.stage ?? 'tls'
  return { endpoint, outcome: failure ? 'failed' : 'used', stage, ...(failure && { failure }), startedAt: new Date(0), ms: 40, stages: [{ stage: 'connect', ms: 1.5 }] }
}

export function failureAt(stage: Stage, code: FailureCode, endpoint = best): Failure {
  return describeFailure({ code, stage }, endpoint, 'en')
}
