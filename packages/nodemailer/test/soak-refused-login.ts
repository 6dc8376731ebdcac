import { drawMessages } from './soak-messages.ts'
import { anyOf, wasAnswered, wasCut } from './soak-rules.ts'
import type { Scene } from './soak-scene.ts'
import { patientTimeouts } from './soak-timing.ts'

/** The password is changed at the server while messages wait, and changed back later. */
export const refusedLogin: Scene = {
  modes: ['pooled'],
  share: 0.5,
  async play({ draw, provider, ports, ledger, messages, open }) {
    const { user, pass } = provider.auth
    const most = 1 + draw.below(8)
    const mailer = open({ ...patientTimeouts, maxConnections: most })
    const sending = ledger.sendAll(mailer, drawMessages(draw, messages, 'Before'), { rule: anyOf(wasAnswered, wasCut) })
    await ledger.afterSettled(draw.below(messages / 2))
    provider.setSecret(user, 'changed')
    // Connections that are already logged in would continue.
    await ports.heal(587)
    await sending
    const refused = provider.logins.filter(({ ok }) => !ok).length
    if (refused > most) ledger.note(`${refused} logins with a refused password, by a pool of ${most}`)
    if (refused > 0 && ledger.count('not-accepted') === 0) ledger.note('a login was refused, and no message says so')

    provider.setSecret(user, pass)
    const after = ledger.sendAll(mailer, drawMessages(draw, messages, 'After'), { rule: anyOf(wasCut) })
    await ledger.afterSettled(draw.below(messages / 2))
    // A connection that is lost later is unrelated to the refusal.
    await ports.heal(587)
    await after
  },
}
