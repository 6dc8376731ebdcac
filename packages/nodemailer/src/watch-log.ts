import { type Endpoint, endpointKey, type SelectorChange, type SelectorEvents, type SelectorState } from '@postern/core'
import type { Logger } from 'nodemailer/lib/shared'
import type { SubmissionTransport } from './submission-transport.ts'

/** Puts every change of endpoint into the caller's log: a fallback must not pass unseen. */
export function logChanges(transport: SubmissionTransport, logger: Logger): void {
  transport.on('selected', ({ endpoint }) => logger.info(entry('selected'), 'Mail goes over %s.', nameOf(endpoint)))
  transport.on('fallback', (change) => {
    const [now, why] = [nameOf(change.endpoint), reasonFor(change, transport.state())]
    logger.warn(entry('fallback'), 'Mail goes over %s now, since a better port does not work. %s', now, why)
  })
  transport.on('recovered', ({ endpoint }) => logger.info(entry('recovered'), 'Mail goes over %s again.', nameOf(endpoint)))
  transport.on('exhausted', ({ message }) => logger.error(entry('exhausted'), 'No port works. %s', message))
}

function entry(action: keyof SelectorEvents) {
  return { tnx: 'postern', component: 'postern', action }
}

function nameOf(endpoint: Endpoint): string {
  return endpointKey(endpoint)
}

/** Why the rung before was left, or the best one, where none was in use. */
function reasonFor({ previous }: SelectorChange, { rungs }: SelectorState): string {
  const left = previous && rungs.find(({ endpoint }) => endpointKey(endpoint) === endpointKey(previous))
  return (left ?? rungs[0])?.failure?.message ?? ''
}
