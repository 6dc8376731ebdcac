import { DeliveryError } from '../src/index.ts'
import { codeOf, type Entry, type Rule } from './soak-ledger.ts'
import type { PortHistory } from './soak-ports.ts'

/** Milliseconds by which a timer may fire early. */
const TOLERANCE = 100

/** Allows what any of these rules allows. */
export function anyOf(...rules: readonly Rule[]): Rule {
  return (entry) => {
    const wrong = rules.map((rule) => rule(entry))
    return wrong.includes(undefined) ? undefined : wrong.find((reason) => reason !== ELSEWHERE) ?? unexpected(entry)
  }
}

/** The result of a rule for another kind of failure. */
const ELSEWHERE = ''

function unexpected({ outcome, error }: Entry): string {
  return `${outcome} with ${codeOf(error)}, which no rule allows`
}

/** The server has replied to the message, or to the login. */
export const wasAnswered: Rule = ({ outcome, error }) =>
  outcome === 'not-accepted' && DeliveryError.isInstance(error) && error.responseCode !== undefined ? undefined : ELSEWHERE

/** AUTH got no reply twice: the credentials are not sent a third time. */
export const lostItsLogin: Rule = ({ outcome, error }) =>
  outcome === 'not-accepted' && DeliveryError.isInstance(error) && error.stage === 'auth' ? undefined : ELSEWHERE

/** The connection was lost, or stayed silent, after the end of data. */
export const wasCut: Rule = ({ outcome }) => (outcome === 'unknown' ? undefined : ELSEWHERE)

/** Its signal was aborted, or the transporter was closed. */
export const wasAborted: Rule = ({ outcome, error }) =>
  outcome === 'not-accepted' && DeliveryError.isInstance(error) && error.code === 'aborted' ? undefined : ELSEWHERE

/** The message was not sent, for any reason. */
export const wasNotAccepted: Rule = ({ outcome }) => (outcome === 'not-accepted' ? undefined : ELSEWHERE)

/** The message's own deadline has passed. */
export function ranOutOfTime(deadline: number): Rule {
  return (entry) => {
    if (entry.outcome !== 'not-accepted' || !DeliveryError.isInstance(entry.error) || entry.error.code !== 'deadline') return ELSEWHERE
    return entry.endedAt - entry.sentAt < deadline - TOLERANCE ? 'failed by a deadline that had not passed' : undefined
  }
}

/** When a message that waits for an endpoint may fail. */
export interface Patience {
  readonly ports: PortHistory
  /** Milliseconds for which the message may wait. */
  readonly endpointTimeout: number
  /** Milliseconds for which a port must be usable to be found: the current attempt ends, then a pause, then the next attempt. */
  readonly margin: number
}

/**
 * No endpoint opened: the message has waited for `endpointTimeout`, and in that time no port was usable for longer than the margin.
 * With an `endpointTimeout` of 0, every port that was usable from start to end was tried.
 */
export function foundNothing({ ports, endpointTimeout, margin }: Patience): Rule {
  return ({ outcome, error, sentAt, endedAt }) => {
    if (outcome !== 'not-accepted' || !DeliveryError.isInstance(error) || error.code !== 'no-usable-endpoint') return ELSEWHERE
    if (endpointTimeout === 0) {
      const usable = ports.usableThroughout(sentAt, endedAt)
      const tried = new Set(error.attempts.map(({ endpoint }) => endpoint.port))
      return usable.some((port) => !tried.has(ports.realPort(port))) ? 'failed without a try at a usable port' : undefined
    }
    if (endedAt - sentAt < endpointTimeout - TOLERANCE) return `gave up before ${endpointTimeout} ms were over`
    const usable = ports.longestUsable(endedAt - endpointTimeout, endedAt)
    return usable > margin ? `gave up although a port was usable for more than ${margin} ms` : undefined
  }
}
