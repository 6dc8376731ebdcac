import type { Limits } from '@postern/testing'
import type { Random } from './random.ts'
import { drawMessages } from './soak-messages.ts'
import { soakPorts } from './soak-ports.ts'
import type { Scene } from './soak-scene.ts'
import { patientTimeouts } from './soak-timing.ts'

/** The server allows fewer connections than the pool may open, and changes the limit. */
export const connections: Scene = {
  modes: ['pooled'],
  share: 1,
  async play({ draw, provider, ledger, messages, open, met }) {
    const limits = drawLimits(draw)
    provider.limit(limits)
    met(`${limits.refuseAt}`)
    const most = limits.connections + 1 + draw.below(15)
    const mailer = open({ ...patientTimeouts, maxConnections: most, maxMessages: 20 + draw.below(200) })
    const sending = ledger.sendAll(mailer, drawMessages(draw, messages))
    const changes = 3
    for (let turn = 0; turn < changes; turn += 1) {
      await ledger.afterSettled(messages / (changes + 1))
      provider.limit(draw.next() < 0.2 ? {} : drawLimits(draw))
    }
    await sending
    // The pool starts with too many connections, once on each port. Later it tries one more occasionally, not with every message.
    const bound = soakPorts.length * most + messages / 5
    const { connections: overLimit } = provider.overLimit
    if (overLimit > bound) ledger.note(`${overLimit} connections were one too many, with ${messages} messages and a pool of ${most}`)
  },
}

function drawLimits(draw: Random): Limits & { readonly connections: number } {
  return { connections: 1 + draw.below(5), refuseAt: draw.pick(['greeting', 'EHLO', 'login'] as const) }
}
