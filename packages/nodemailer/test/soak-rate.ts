import { drawMessages } from './soak-messages.ts'
import type { Scene } from './soak-scene.ts'
import { patientTimeouts } from './soak-timing.ts'

const replies = [
  { at: 'MAIL', reply: '451 4.7.1 Too fast' },
  { at: 'MAIL', reply: '450 4.7.1 Try again in a moment' },
  { at: 'MAIL', reply: '421 4.7.0 Too many messages, closing' },
  { at: 'message', reply: '454 Throttling failure: Maximum sending rate exceeded' },
] as const

/** The server allows a number of messages in a period, and defers the others. */
export const rate: Scene = {
  modes: ['pooled'],
  share: 0.15,
  async play({ draw, provider, ledger, messages, open, met }) {
    const { at, reply } = draw.pick(replies)
    met(reply.slice(0, 3))
    // Four periods, regardless of the number of messages.
    provider.limit({ rate: { messages: Math.ceil(messages / 4), window: 400 + draw.below(400), at, reply } })
    const mailer = open({ ...patientTimeouts, maxConnections: 1 + draw.below(8) })
    await ledger.sendAll(mailer, drawMessages(draw, messages))
    const { messages: refused } = provider.overLimit
    if (refused === 0) ledger.note('nothing was too fast: the scene did not take place')
    if (refused > messages) ledger.note(`${refused} times too fast, with ${messages} messages`)
    const away = provider.messages.filter(({ port }) => port !== 587).length
    if (away > 0) ledger.note(`${away} messages went to another port because the first was busy`)
  },
}
