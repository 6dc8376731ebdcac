import { fork } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { drawMessages } from './soak-messages.ts'
import { wasCut } from './soak-rules.ts'
import type { Scene } from './soak-scene.ts'
import { patientTimeouts } from './soak-timing.ts'

const CONNECTIONS = 5
const FREEZES = 2

/** Milliseconds: a reply is overdue after 15 s, and a message may be affected by both freezes. */
const SLOWEST = 45_000
/** Longer, because the messages on dead connections wait for their replies. */
const WAIT = 75_000

/** A firewall drops the open connections twice: nothing arrives on them, and new connections work. */
export const deadConnections: Scene = {
  modes: ['pooled'],
  share: 0.4,
  async play({ draw, provider, ledger, messages, open }) {
    const path = await openPath(provider.ports[587])
    try {
      const timeouts = { mail: WAIT, rcpt: WAIT, data: WAIT, block: WAIT, end: WAIT }
      const mailer = open({ ...patientTimeouts, timeouts, maxConnections: CONNECTIONS }, { ...provider.settings, candidates: [{ port: path.port, security: 'starttls' }] })
      const sending = ledger.sendAll(mailer, drawMessages(draw, messages), { atOnce: 40, rule: wasCut })
      for (let turn = 0; turn < FREEZES; turn += 1) {
        await ledger.afterSettled(draw.below(messages / (FREEZES + 1)))
        path.freeze()
        await pause(20_000)
      }
      await sending
    } finally {
      path.close()
    }
    // Messages on a dead connection are unknown, or are sent again after the timeout.
    const most = FREEZES * CONNECTIONS
    const slow = ledger.entries.filter(({ sentAt, endedAt }) => endedAt - sentAt > SLOWEST)
    if (slow.length > most) ledger.note(`${slow.length} messages took more than ${SLOWEST / 1_000} s, and no more than ${most} were on a connection`)
    if (ledger.count('unknown') > most) ledger.note(`${ledger.count('unknown')} are unknown, and no more than ${most} were on a connection`)
  },
}

/** A proxy to a port on the loopback interface. `freeze` stops all data on the open connections. */
async function openPath(target: number): Promise<{ readonly port: number; freeze(): void; close(): void }> {
  const child = fork(fileURLToPath(new URL('soak-path.mjs', import.meta.url)), [String(target)])
  const [port] = (await once(child, 'message')) as [number]
  return { port, freeze: () => void child.send('freeze'), close: () => child.disconnect() }
}
