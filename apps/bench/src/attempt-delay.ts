import { noMoreThan, rowsOf } from './comparison.ts'
import type { Row } from './table.ts'

/** The default of `timing.attemptDelay`: how long 587 may take before the next port is tried as well. */
export const ATTEMPT_DELAY = 250

/** A first mail while 587 does not answer, compared with the attempt delay plus a direct send to 2525. In milliseconds. */
export function attemptDelayRows(what: string, own: number, direct: number): Row[] {
  const peer = ATTEMPT_DELAY + direct
  return rowsOf([{ name: 'attempt delay + nodemailer on 2525', own, peer }], [{ what, of: (ms) => ms, goal: noMoreThan(peer + 50, 'peer + 50 ms') }])
}
