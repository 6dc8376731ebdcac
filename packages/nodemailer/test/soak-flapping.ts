import { type Fault, faultNames } from '@postern/testing'
import { setTimeout as pause } from 'node:timers/promises'
import { random, type Random } from './random.ts'
import type { SoakMessage } from './soak-ledger.ts'
import { drawMessage } from './soak-messages.ts'
import { type SoakPort, soakPorts } from './soak-ports.ts'
import { anyOf, foundNothing, lostItsLogin, ranOutOfTime, wasAnswered, wasCut } from './soak-rules.ts'
import { bothModes, type Scene } from './soak-scene.ts'
import { shortWaits } from './soak-timing.ts'

const DEADLINE = 6_000
const ENDPOINT_TIMEOUT = 2_000

/** Every fault comes and goes, on random ports. */
export const flapping: Scene = {
  modes: bothModes,
  share: 1,
  async play({ draw, provider, ports, ledger, messages, pool, open, met }) {
    const endpointTimeout = pool ? ENDPOINT_TIMEOUT : 0
    const mailer = open({ deadline: DEADLINE, endpointTimeout, ...shortWaits })
    const nothing = foundNothing({ ports, endpointTimeout, margin: ENDPOINT_TIMEOUT })
    const rule = anyOf(wasAnswered, wasCut, lostItsLogin, ranOutOfTime(DEADLINE), nothing)
    // Held replies are released late, like the replies of a busy server.
    const releasing = setInterval(() => {
      for (const port of soakPorts) provider.release(port)
    }, 40)
    const over = new AbortController()
    const faults = new Set<Fault>()
    const letters = random(draw.below(2 ** 31))
    // The requested number of messages, and more until every fault has occurred once.
    function* supply(): Iterable<SoakMessage> {
      for (let index = 0; index < messages || faults.size < portFaults.length; index += 1) yield drawMessage(letters, `Message ${index}`)
    }
    const sending = ledger.sendAll(mailer, supply(), { atOnce: 16, rule }).finally(() => over.abort())
    const next = deckOf(draw)
    while (!over.signal.aborted) {
      const port = draw.pick(soakPorts)
      if (draw.next() < 0.5) await ports.heal(port)
      else {
        const fault = next()
        faults.add(fault)
        met(fault)
        await ports.fault(fitting(fault, port), fault)
      }
      // The faults change after several messages, because otherwise few would be accepted. A message that hangs does not stop the changes.
      await Promise.race([ledger.afterSettled(draw.below(12)), pause(300, undefined, { ref: false })])
    }
    clearInterval(releasing)
    await sending
  },
}

/** Without `rate-limited`, which applies to every port and lasts longer than a message waits here. The scene `rate` tests limits. */
const portFaults: readonly Fault[] = faultNames.filter((fault) => fault !== 'rate-limited')

/** Every fault occurs once before any occurs twice, so that a short soak has all of them. */
function deckOf(draw: Random): () => Fault {
  let deck: Fault[] = []
  return () => {
    if (deck.length === 0) deck = [...portFaults]
    return deck.splice(draw.below(deck.length), 1)[0]!
  }
}

function fitting(fault: Fault, port: SoakPort): SoakPort {
  if (fault === 'implicit-plain') return 465
  return onlyStartTls.has(fault) && port === 465 ? 587 : port
}

const onlyStartTls: ReadonlySet<Fault> = new Set<Fault>(['no-starttls', 'starttls-refused', 'starttls-injection', 'starttls-hangs', 'plain-implicit', 'plain-at-mail'])
