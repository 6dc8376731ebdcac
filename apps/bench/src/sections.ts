import { commandLine } from './cli.ts'
import { dashboard } from './dashboard/section.ts'
import { withDefaultTimeouts, failoverOnEmbedded, failoverOnPostfix } from './failover.ts'
import { attachments } from './fresh/attachments.ts'
import { blocked } from './fresh/blocked.ts'
import { firstMail } from './fresh/first-mail.ts'
import { latency } from './fresh/latency.ts'
import type { FreshOptions } from './fresh/lines.ts'
import { rate } from './fresh/rate.ts'
import { transports } from './fresh/transports.ts'
import { healthRoute, healthRouteWhileProviderHangs } from './health.ts'
import { queuedMemory } from './memory.ts'
import type { PostfixServer } from './postfix/index.ts'
import { probesOnEmbedded, probesOnPostfix } from './probes.ts'
import { sendingOnEmbedded, sendingOnPostfix } from './sending.ts'
import { importing } from './start-up.ts'
import type { Row } from './table.ts'

/** A part of the benchmarks that can run alone. */
export interface Section {
  /** Needs Debian's Postfix, nftables and root. */
  readonly onPostfix?: (postfix: PostfixServer) => Promise<Row[]>
  /** Needs Node and openssl. */
  readonly local?: (options: FreshOptions) => Promise<Row[]>
}

export const sections: Readonly<Record<string, Section>> = {
  'first-mail': { local: firstMail },
  rate: { local: rate },
  latency: { local: latency },
  attachments: { local: attachments },
  blocked: { local: blocked },
  transports: { local: transports },
  queue: { local: queuedMemory },
  import: { local: importing },
  cli: { local: commandLine },
  probe: { onPostfix: probesOnPostfix, local: probesOnEmbedded },
  send: { onPostfix: sendingOnPostfix, local: sendingOnEmbedded },
  failover: { onPostfix: failoverOnPostfix, local: failoverOnEmbedded },
  timeouts: { onPostfix: async (postfix) => [await withDefaultTimeouts(postfix)] },
  health: { local: async () => [await healthRoute(), await healthRouteWhileProviderHangs()] },
  dashboard: { local: dashboard },
}
