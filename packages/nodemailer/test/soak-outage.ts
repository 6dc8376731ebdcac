import type { Fault } from '@postern/testing'
import { setTimeout as pause } from 'node:timers/promises'
import type { Random } from './random.ts'
import type { Rule } from './soak-ledger.ts'
import { drawDuration, drawMessages } from './soak-messages.ts'
import { soakPorts } from './soak-ports.ts'
import { anyOf, foundNothing, wasAborted, wasCut } from './soak-rules.ts'
import { bothModes, type Scene } from './soak-scene.ts'
import { shortWaits } from './soak-timing.ts'

/** How a server that is down behaves. */
const kinds: readonly Fault[] = [
  'refuse',
  'silent',
  'reset',
  'greeting-deferred',
  // The test provider needs Linux for it.
  ...(process.platform === 'linux' ? (['black-hole'] as const) : []),
]

const CONNECTIONS = 5
const AT_ONCE = 24
const ENDPOINT_TIMEOUT = 30_000
const MARGIN = 5_000

/** All ports go down at once, and come back one by one: a restart, a deployment, a firewall. */
export const outage: Scene = {
  modes: bothModes,
  share: 1,
  async play({ draw, ports, ledger, messages, pool, longestOutage, open, met }) {
    const mailer = open({
      ...shortWaits,
      // A reply may be slow on a busy machine; a server that goes down closes the connection.
      timeouts: {},
      deadline: 30 * 60_000,
      // A pool has the default.
      ...(!pool && { endpointTimeout: ENDPOINT_TIMEOUT }),
    })
    const all = drawMessages(draw, messages)
    // Some messages are aborted by their sender at a random time.
    const aborted = new Set(all.filter(() => draw.next() < 0.05))
    for (const message of aborted) Object.assign(message, { signal: AbortSignal.timeout(drawDuration(draw, 50, 3_000)) })
    const subjects = new Set([...aborted].map(({ subject }) => subject))
    const nothing = foundNothing({ ports, endpointTimeout: ENDPOINT_TIMEOUT, margin: MARGIN })
    const rule: Rule = (entry) => anyOf(wasCut, subjects.has(entry.subject) ? wasAborted : nothing)(entry)
    const outages = 3
    const sending = ledger.sendAll(mailer, all, { atOnce: pool ? undefined : AT_ONCE, rule })
    for (let turn = 0; turn < outages; turn += 1) {
      await ledger.afterSettled(draw.below(messages / (outages + 1)))
      const kind = draw.next() < 0.5 ? draw.pick(kinds) : undefined
      await Promise.all(
        soakPorts.map((port) => {
          const one = kind ?? draw.pick(kinds)
          met(one)
          return ports.fault(port, one)
        }),
      )
      await pause(drawDuration(draw, 100, longestOutage))
      for (const port of shuffled(draw)) {
        await ports.heal(port)
        if (turn < outages - 1 && draw.next() < 0.3) break
      }
    }
    await sending
    // After a cut or an abort, at most the messages that are being sent are unknown.
    const most = outages * (pool ? CONNECTIONS : AT_ONCE) + aborted.size
    if (ledger.count('unknown') > most) ledger.note(`${ledger.count('unknown')} are unknown, and no more than ${most} were on a connection when it ended`)
  },
}

function shuffled(draw: Random) {
  return soakPorts
    .map((port) => ({ port, key: draw.next() }))
    .toSorted((one, other) => one.key - other.key)
    .map(({ port }) => port)
}
