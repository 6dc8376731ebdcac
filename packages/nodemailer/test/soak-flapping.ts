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

/** Every fault comes and goes, on drawn ports. */
export const flapping: Scene = {
  modes: bothModes,
  share: 1,
  async play({ draw, provider, ports, ledger, messages, pool, open, met }) {
    const endpointTimeout = pool ? ENDPOINT_TIMEOUT : 0
    const mailer = open({ deadline: DEADLINE, endpointTimeout, ...shortWaits })
    const nothing = foundNothing({ ports, endpointTimeout, margin: ENDPOINT_TIMEOUT })
    const rule = anyOf(wasAnswered, wasCut, lostItsLogin, ranOutOfTime(DEADLINE), nothing)
    // Replies that are held back come late, as those of a busy server do.
    const releasing = setInterval(() => {
      for (const port of soakPorts) provider.release(port)
    }, 40)
    const over = new AbortController()
    const faults = new Set<Fault>()
    const letters = random(draw.below(2 ** 31))
    // As many as were asked for, and more until every fault has come once.
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
      // Several messages meet the same faults, or few would get through; one that hangs does not stop the changes.
      await Promise.race([ledger.afterSettled(draw.below(12)), pause(300, undefined, { ref: false })])
    }
    clearInterval(releasing)
    await sending
  },
}

/** Without the limit, which holds for every port and longer than a message waits here; the scene `rate` has limits. */
const portFaults: readonly Fault[] = faultNames.filter((fault) => fault !== 'rate-limited')

/** Every fault once before any comes twice, so that a short soak meets all of them too. */
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

const onlyStartTls: ReadonlySet<Fault> = new Set<Fault>(['no-starttls', 'starttls-refused', 'starttls-injection', 'starttls-hangs', 'plain-implicit'])
