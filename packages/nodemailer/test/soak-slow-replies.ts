import type { Provider } from '@postern/testing'
import { setTimeout as pause } from 'node:timers/promises'
import type { Random } from './random.ts'
import type { Ledger } from './soak-ledger.ts'
import { drawMessages } from './soak-messages.ts'
import { bothModes, type Scene } from './soak-scene.ts'
import { REPLY_BUDGET, patientTimeouts } from './soak-timing.ts'

const steps = ['holds-at-mail', 'holds-at-rcpt', 'holds-at-data', 'holds-after-body'] as const

/** One reply of the transaction is late; the first two times by more than the timeouts before the transaction. */
export const slowReplies: Scene = {
  modes: bothModes,
  share: 0.1,
  async play({ draw, provider, ledger, messages, open, met }) {
    const step = draw.pick(steps)
    met(step)
    await provider.fault(587, step)
    const mailer = open(patientTimeouts)
    const over = new AbortController()
    const releasing = releaseLate(provider, draw, over.signal)
    await ledger.sendAll(mailer, drawMessages(draw, messages), { atOnce: 20 })
    over.abort()
    await releasing
    stayedOn587(provider, ledger)
  },
}

async function releaseLate(provider: Provider, draw: Random, signal: AbortSignal): Promise<void> {
  try {
    for (let turn = 0; ; turn += 1) {
      await provider.waitForHeld(587, 1, { signal })
      await pause(turn < 2 ? REPLY_BUDGET * 1.4 : draw.below(20), undefined, { signal })
      provider.release(587)
    }
  } catch (error) {
    if (!signal.aborted) throw error
  }
}

/** A slow reply does not move traffic to another port and causes no further login. */
export function stayedOn587({ connections, logins, messages }: Provider, ledger: Ledger): void {
  const moved = connections[2525] + connections[465]
  if (moved > 0) ledger.note(`${moved} connections went to another port because the first was slow`)
  if (logins.length > connections[587]) ledger.note(`${logins.length} logins on ${connections[587]} connections`)
  const away = messages.filter(({ port }) => port !== 587).length
  if (away > 0) ledger.note(`${away} messages came over another port`)
}
