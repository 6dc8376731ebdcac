import type { Fault } from '@postern/testing'
import { setTimeout as pause } from 'node:timers/promises'
import { drawMessages } from './soak-messages.ts'
import { soakPorts } from './soak-ports.ts'
import { wasCut } from './soak-rules.ts'
import { bothModes, type Scene } from './soak-scene.ts'

const kinds: readonly Fault[] = ['refuse', ...(process.platform === 'linux' ? (['black-hole'] as const) : [])]

const CONNECTIONS = 5
const AT_ONCE = 24

/** Milliseconds after the outage within which messages are sent again: the current attempt fails, then a pause, then the next attempt. */
const RECOVERY = 45_000

/**
 * All ports are down for as long as `--longest-outage` says, with the transport's own waits. Every message is prepared to wait
 * for longer, so that none may fail.
 */
export const longOutage: Scene = {
  modes: bothModes,
  share: 0.4,
  async play({ draw, ports, ledger, messages, pool, longestOutage, open, met }) {
    const kind = draw.pick(kinds)
    met(kind)
    const mailer = open({ endpointTimeout: longestOutage + 2 * RECOVERY })
    const all = drawMessages(draw, messages)
    const late = drawMessages(draw, 20, 'Late message')
    const sending = ledger.sendAll(mailer, all, { atOnce: pool ? undefined : AT_ONCE, rule: wasCut })
    await ledger.afterSettled(draw.below(messages / 2))
    await Promise.all(soakPorts.map((port) => ports.fault(port, kind)))
    // More messages are added while nothing opens.
    const sendingLate = late.map(async (message) => {
      await pause(draw.next() * longestOutage)
      await ledger.send(mailer, message)
    })
    await pause(longestOutage)
    const healedAt = performance.now()
    await Promise.all(soakPorts.map((port) => ports.heal(port)))
    await Promise.all([sending, ...sendingLate])
    const first = Math.min(...ledger.entries.map(({ endedAt }) => endedAt).filter((endedAt) => endedAt > healedAt))
    met(`sent again after ${Math.round((first - healedAt) / 1_000)} s`)
    if (first - healedAt > RECOVERY) ledger.note(`the first message was sent ${Math.round((first - healedAt) / 1_000)} s after the outage`)
    // At most the messages that were being sent when the outage began are unknown.
    const most = pool ? CONNECTIONS : AT_ONCE
    if (ledger.count('unknown') > most) ledger.note(`${ledger.count('unknown')} are unknown, and no more than ${most} were on a connection`)
  },
}
