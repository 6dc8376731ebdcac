import type { Finding } from '../rules/finding.ts'
import { findBlockedPorts, type PortResult } from '../selection/blocked-ports.ts'
import { format } from '../text/format.ts'
import { type Locale, textsFor } from '../text/index.ts'

/** The finding for a network that blocks the ports that a known hosting platform blocks. It needs the results of several ports. */
export function portsBlocked(host: string, results: readonly PortResult[], locale: Locale): Finding | undefined {
  const blocked = findBlockedPorts(results)
  if (!blocked?.platform) return undefined
  const { message, advice } = textsFor(locale).findings['ports-blocked']
  const values = { host, closed: blocked.closed.join(', '), open: blocked.open.join(', '), platform: blocked.platform }
  return { code: 'ports-blocked', severity: 'info', message: format(message, values), advice, references: ['docs/platforms.md'] }
}
