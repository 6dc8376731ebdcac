import type { Attempt, Failure, NoUsableEndpointError, SelectorChange, SelectorState } from '@postern/core'
import type { MailerOutcome } from '../mailer.ts'
import type { AttemptEvent, ChangeEvent, ExhaustedEvent, FailureFacts, SendEvent } from '../state.ts'

/** What is kept of an attempt. */
export function attemptEvent({ endpoint, outcome, ms, stages, failure }: Attempt): AttemptEvent {
  const { port, security } = endpoint
  return {
    kind: 'attempt',
    port,
    security,
    outcome,
    ms: rounded(ms),
    stages: stages.map((one) => ({ stage: one.stage, ms: rounded(one.ms) })),
    ...(failure && { code: failure.code }),
  }
}

/** A change of the endpoint, with the reason why a better one is not used. */
export function changeEvent(kind: ChangeEvent['kind'], { endpoint, previous }: SelectorChange, { rungs }: SelectorState): ChangeEvent {
  const { port, security } = endpoint
  const [best] = rungs
  const reason = best?.endpoint.port === port ? undefined : best?.failure
  return { kind, port, security, ...(previous && { from: previous.port }), ...(reason && { code: reason.code }) }
}

export function exhaustedEvent({ diagnosis }: NoUsableEndpointError): ExhaustedEvent {
  return { kind: 'exhausted', code: diagnosis.code }
}

export function sendEvent({ outcome, ms, endpoint, failure }: MailerOutcome): SendEvent {
  return { kind: 'send', outcome, ms: rounded(ms), ...(endpoint && { port: endpoint.port }), ...(failure && { code: failure.code }) }
}

/** The parts of a failure that are shown: no reply of a server. */
export function failureFacts({ code, stage, message, advice }: Failure): FailureFacts {
  return { code, stage, message, advice }
}

/** Milliseconds, with one decimal below ten: more is not shown, and would only take space. */
function rounded(ms: number): number {
  return ms < 10 ? Math.round(ms * 10) / 10 : Math.round(ms)
}
