import type { Transporter } from '../src/index.ts'
import { drawMessages } from './soak-messages.ts'
import { soakPorts } from './soak-ports.ts'
import { anyOf, foundNothing, wasAborted, wasAnswered, wasCut, wasNotAccepted } from './soak-rules.ts'
import { bothModes, type Scene, type SceneContext } from './soak-scene.ts'
import { shortWaits } from './soak-timing.ts'
import { endsWithin } from './soak-within.ts'

/** Milliseconds. A message that is being sent when the transporter is closed is finished, which may take another attempt. */
const PATIENCE = 20_000

/** What happens when the transporter is closed. */
const moments: Readonly<Record<string, (context: SceneContext) => Promise<void>>> = {
  'at once': async () => {},
  'when a few are through': async ({ draw, ledger }) => await ledger.afterSettled(1 + draw.below(10)),
  'while a reply is on its way': async ({ provider, ledger }) => {
    await Promise.race([provider.waitForHeld(587).catch(() => {}), ledger.afterSettled(Infinity)])
  },
  'in an outage': async ({ draw, ports, ledger }) => {
    await ledger.afterSettled(draw.below(5))
    const fault = draw.pick(['refuse', 'silent', 'greeting-deferred'] as const)
    await Promise.all(soakPorts.map((port) => ports.fault(port, fault)))
  },
  'in a crowd': async ({ draw, provider, ledger }) => {
    provider.limit({ connections: 1 })
    await ledger.afterSettled(draw.below(5))
  },
  'when it is too fast': async ({ provider, ledger }) => {
    provider.limit({ rate: { messages: 2, refusals: 2 } })
    await ledger.afterSettled(2)
  },
}

const ways: Readonly<Record<string, (mailer: Transporter) => void>> = {
  'close()': (mailer) => mailer.close(),
  'close({ force: true })': (mailer) => mailer.close({ force: true }),
  'close() and then by force': (mailer) => {
    mailer.close()
    setImmediate(() => mailer.close({ force: true }))
  },
}

/** Transporters are closed at any time, and every message still has an outcome. */
export const closing: Scene = {
  modes: bothModes,
  share: 0.05,
  async play(context) {
    const { draw, messages, met } = context
    // Each combination once, then random ones.
    const pairs = Object.keys(moments).flatMap((moment) => Object.keys(ways).map((way) => [moment, way] as const))
    const rounds = Math.max(messages, pairs.length)
    for (let round = 0; round < rounds; round += 1) {
      const [moment, way] = pairs[round] ?? draw.pick(pairs)
      met(`${way} ${moment}`)
      if (!(await playRound(context, round, moment, way))) return
    }
  },
}

/** @returns whether every message has an outcome */
async function playRound(context: SceneContext, round: number, moment: string, way: string): Promise<boolean> {
  const { draw, provider, ports, ledger, pool, open } = context
  const held = moment === 'while a reply is on its way'
  if (held) await ports.fault(587, draw.pick(['holds-at-mail', 'holds-after-body'] as const))
  const mailer = open({ ...shortWaits, maxConnections: 1 + draw.below(5), timeouts: {} })
  const rule = anyOf(
    wasAborted,
    // With `force`, or if the connection is cut, the reply to a message may be lost; a graceful close loses none.
    ...(way !== 'close()' || moment === 'in an outage' ? [wasCut] : []),
    // After the transporter is closed, a message that loses its connection gets no new one.
    ...(moment === 'in an outage' ? [wasNotAccepted] : []),
    ...(moment === 'when it is too fast' || (moment === 'in a crowd' && !pool) ? [wasAnswered] : []),
    // Without a pool, a message waits neither for an endpoint nor for a free connection.
    ...(pool ? [] : [foundNothing({ ports, endpointTimeout: 0, margin: 0 })]),
  )
  const count = 1 + draw.below(30)
  const sending = ledger.sendAll(mailer, drawMessages(draw, count, `Round ${round}, message`), { rule })
  await moments[moment]!(context)
  ways[way]!(mailer)
  const late = ledger.sendAll(mailer, drawMessages(draw, 2, `Round ${round}, late message`), { rule })
  provider.limit({})
  const releasing = setInterval(() => provider.release(587), 10)
  const pending = await ledger.settle(PATIENCE)
  clearInterval(releasing)
  if (pending > 0) {
    ledger.note(`${pending} messages are pending ${PATIENCE} ms after ${way} ${moment}`)
    return false
  }
  await Promise.all([sending, late])
  if (!(await endsWithin(mailer.settled(), PATIENCE))) ledger.note(`settled() does not resolve after ${way} ${moment}`)
  for (const port of soakPorts) if (held || moment === 'in an outage') await ports.heal(port)
  return true
}
