import { EventEmitter, once } from 'node:events'
import { type Fault, faultNames, type Provider, startProvider } from '@postern/testing'
import { createTransport } from '../src/index.ts'
import { hearClearText } from './clear-text.ts'
import { random, type Random } from './random.ts'
import { copiesAfter, letter, type Outcome, outcomeOf } from './outcome.ts'

/** How to run a soak. The same seed and the same numbers draw the same faults and the same letters. */
export interface SoakOptions {
  readonly seed: number
  readonly messages: number
  readonly pool: boolean
}

/** What came of it. `broken` names every promise that did not hold; empty is what everyone wants. */
export interface SoakResult {
  readonly outcomes: Readonly<Record<Outcome, number>>
  readonly faults: ReadonlySet<Fault>
  readonly broken: readonly string[]
}

type Port = 587 | 2525 | 465

/** Short waits, since a third of the faults is silence. A wait that is too short on a busy machine is one more fault. */
const selection = {
  timing: { attemptDelay: 60, preferenceGrace: 150 },
  budgets: { connect: 400, greeting: 400, tls: 800, reply: 800 },
  deadline: 4_000,
  recheck: { first: 60, most: 120 },
}

const AT_ONCE = 16

/**
 * Sends letters through a provider whose ports flap through every fault, and then compares the mailbox with what the
 * senders were told. Each letter has a subject of its own, and that is its tag.
 */
export async function soak({ seed, messages, pool }: SoakOptions): Promise<SoakResult> {
  const draw = random(seed)
  const handles = count(process.getActiveResourcesInfo())
  const told = new Map<string, Outcome>()
  const broken: string[] = []
  const faults = new Set<Fault>()
  const clear = hearClearText()
  const provider = await startProvider()
  const mailer = createTransport(provider.settings, { pool, maxConnections: 5, deadline: 6_000, selection })
  try {
    const letters = Array.from({ length: messages }, (_, index) => ({
      ...letter,
      subject: `Letter ${index}`,
      text: 'x'.repeat(Math.floor(draw.next() ** 3 * 20_000)),
    }))
    const ticks = new EventEmitter()
    const sendAll = async () => {
      for (let next = letters.pop(); next; next = letters.pop()) {
        const { subject } = next
        told.set(subject, await outcomeOf(mailer.sendMail(next)))
        ticks.emit('settled')
      }
    }
    const sending = Promise.all(Array.from({ length: AT_ONCE }, sendAll))
    const over = sending.then(() => true)
    const deck = deckOf(draw)
    for (;;) {
      const fault = await change(provider, draw, deck)
      if (fault) faults.add(fault)
      // Several letters meet the same weather, or none would ever get through.
      let done = false
      for (let settled = 0; settled < draw.below(24) && !done; settled++) {
        done = await Promise.race([once(ticks, 'settled').then(() => false), over])
      }
      if (done || told.size === messages) break
    }
    await sending
    broken.push(...audit(provider, told, messages))
    if (clear.said.length === 0) broken.push('nothing was heard in the clear, not even an EHLO')
    for (const said of clear.said) if (!beforeTls.test(said)) broken.push(`said in the clear: ${JSON.stringify(said.slice(0, 200))}`)
  } finally {
    clear.stop()
    mailer.close({ force: true })
    await provider.close()
  }
  broken.push(...(await handlesLeft(handles)))
  const outcomes = { accepted: 0, 'not-accepted': 0, unknown: 0 }
  for (const outcome of told.values()) outcomes[outcome]++
  return { outcomes, faults, broken }
}

/** All that may be said before TLS. */
const beforeTls = /^(?:EHLO [^\s]+|STARTTLS|QUIT)\r\n$/

/** Every fault once before any comes twice, so that a short soak meets all of them too. */
function deckOf(draw: Random): () => Fault {
  let deck: Fault[] = []
  return () => {
    if (deck.length === 0) deck = [...faultNames]
    return deck.splice(draw.below(deck.length), 1)[0]!
  }
}

/** Two ports of three are fair at most times. */
async function change(provider: Provider, draw: Random, deck: () => Fault): Promise<Fault | undefined> {
  const port = draw.pick<Port>([587, 2525, 465])
  if (draw.next() < 0.5) {
    await provider.heal(port)
    return undefined
  }
  const fault = deck()
  await provider.fault(fitting(fault, port), fault)
  return fault
}

function fitting(fault: Fault, port: Port): Port {
  if (fault === 'implicit-plain') return 465
  return onlyStartTls.has(fault) && port === 465 ? 587 : port
}

const onlyStartTls: ReadonlySet<Fault> = new Set<Fault>(['no-starttls', 'starttls-refused', 'starttls-injection', 'starttls-hangs', 'plain-implicit'])

/** The ledger: for every letter what its sender was told, beside what the mailbox holds. */
function audit(provider: Provider, told: ReadonlyMap<string, Outcome>, messages: number): string[] {
  const copies = new Map<string, number>()
  for (const { subject } of provider.messages) copies.set(subject, (copies.get(subject) ?? 0) + 1)
  const broken: string[] = []
  if (told.size !== messages) broken.push(`${messages - told.size} letters were never answered`)
  for (const [subject, outcome] of told) {
    const there = copies.get(subject) ?? 0
    if (!copiesAfter[outcome].includes(there)) broken.push(`${subject} was ${outcome} and is there ${there} times`)
  }
  for (const subject of copies.keys()) if (!told.has(subject)) broken.push(`${subject} is there and nobody sent it`)
  const strange = provider.messages.filter(({ secure, user }) => !secure || user !== provider.auth.user).length
  if (strange > 0) broken.push(`${strange} letters came in the clear or without a login`)
  return broken
}

/**
 * What keeps the process: nothing more may be there than before. nodemailer's pool does not take back the timers of up
 * to 100 ms with which it puts off its next step; they end by themselves, and what is still there after two seconds
 * does not. Turns of the loop, since a timer would count itself.
 */
async function handlesLeft(before: ReadonlyMap<string, number>): Promise<string[]> {
  let left: string[] = []
  for (const until = performance.now() + 2_000; performance.now() < until; ) {
    left = [...count(process.getActiveResourcesInfo())]
      .filter(([kind, now]) => watched.has(kind) && now > (before.get(kind) ?? 0))
      .map(([kind, now]) => `${now - (before.get(kind) ?? 0)} ${kind} left`)
    if (left.length === 0) return []
    await new Promise(setImmediate)
  }
  return left
}

const watched: ReadonlySet<string> = new Set(['TCPSocketWrap', 'TCPServerWrap', 'TLSWrap', 'Timeout', 'GetAddrInfoReqWrap'])

function count(kinds: readonly string[]): Map<string, number> {
  const counted = new Map<string, number>()
  for (const kind of kinds) counted.set(kind, (counted.get(kind) ?? 0) + 1)
  return counted
}
