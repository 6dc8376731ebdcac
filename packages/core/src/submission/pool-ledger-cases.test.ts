import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Answer, close, type MailPeer, MailServer, reset, type Script, turns } from '../../test/mail-server.ts'
import { dialogues, textOf } from '../../test/submission-client.ts'
import { poolOver } from '../../test/submission-pool.ts'
import { Cancellation } from '../smtp/cancellation.ts'
import type { SubmissionOutcome } from './submission.ts'

type Deed = 'ok' | '450' | '550' | '421' | 'reset' | 'close' | 'garbage'

const deeds: Readonly<Record<Exclude<Deed, 'ok'>, Answer>> = {
  '450': '450 4.3.0 later',
  '550': '550 5.0.0 no',
  '421': '421 4.3.2 restarting',
  reset,
  close,
  garbage: 'what?',
}

const deed = fc.oneof({ weight: 8, arbitrary: fc.constant<Deed>('ok') }, { weight: 3, arbitrary: fc.constantFrom<Deed>('450', '550', '421', 'reset', 'close', 'garbage') })
const deedsInTurn = fc.array(deed, { minLength: 1, maxLength: 6 })

const plan = fc.record({
  dialogue: fc.constantFrom(...Object.values(dialogues)),
  MAIL: deedsInTurn,
  RCPT: deedsInTurn,
  DATA: deedsInTurn,
  body: fc.array(fc.oneof({ weight: 6, arbitrary: fc.constant<Deed>('ok') }, { weight: 1, arbitrary: fc.constantFrom<Deed>('reset', 'close', '550') }), { minLength: 1, maxLength: 6 }),
  end: deedsInTurn,
  RSET: deedsInTurn,
})

const poolPlan = fc.record({
  maxConnections: fc.integer({ min: 1, max: 4 }),
  maxMessages: fc.integer({ min: 1, max: 5 }),
  keepsConnections: fc.boolean(),
  aborts: fc.array(fc.record({ index: fc.nat({ max: 24 }), after: fc.nat({ max: 60 }) }), { maxLength: 5 }),
  closing: fc.constantFrom('no', 'no', 'gentle', 'forced'),
  closesAfter: fc.nat({ max: 60 }),
})

type Deeds = { readonly [P in 'MAIL' | 'RCPT' | 'DATA' | 'body' | 'end' | 'RSET']: readonly Deed[] }

/** Does these things one after the other, and begins anew. */
function cycle(list: readonly Deed[]): () => Deed {
  let next = 0
  return () => list[next++ % list.length]!
}

/** A server that takes a message only of a sender and for a recipient that it has accepted. */
function scriptOf(deedsOf: Deeds, onTaken: (message: string) => void): Script {
  const next = { MAIL: cycle(deedsOf.MAIL), RCPT: cycle(deedsOf.RCPT), DATA: cycle(deedsOf.DATA), body: cycle(deedsOf.body), end: cycle(deedsOf.end), RSET: cycle(deedsOf.RSET) }
  /** How far the transaction of each connection is. */
  const accepted = new WeakMap<MailPeer, 'nothing' | 'sender' | 'recipient'>()
  const step = (point: keyof typeof next, from: string, to: 'nothing' | 'sender' | 'recipient', ok: string): Answer => async (peer) => {
    if (!from.includes(accepted.get(peer) ?? 'nothing')) return peer.say('503 5.5.1 bad sequence')
    const now = next[point]()
    if (now !== 'ok') return await peer.answer(deeds[now], '')
    accepted.set(peer, to)
    peer.say(ok)
  }
  const end: Answer = async (peer) => {
    if (accepted.get(peer) !== 'recipient') return peer.say('503 5.5.1 no valid recipients')
    accepted.set(peer, 'nothing')
    const now = next.end()
    if (now !== 'ok') return await peer.answer(deeds[now], '')
    onTaken(peer.messages.at(-1)!)
    peer.say('250 2.0.0 queued')
  }
  return {
    MAIL: step('MAIL', 'nothing sender recipient', 'sender', '250 ok'),
    RCPT: step('RCPT', 'sender recipient', 'recipient', '250 ok'),
    DATA: step('DATA', 'recipient', 'recipient', '354 go on'),
    RSET: step('RSET', 'nothing sender recipient', 'nothing', '250 ok'),
    body: async (peer) => {
      const now = next.body()
      if (now === 'ok') return
      if (now === '550') peer.say('550 5.3.4 too large')
      await peer.answer(now === 'reset' ? reset : close, '')
    },
    end,
    BDAT: end,
  }
}

describe('a pool with random server behaviour', () => {
  it('settles each message once, with the right outcome', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(plan, { minLength: 1, maxLength: 2 }), poolPlan, async (plans, { aborts, closing, closesAfter, ...options }) => {
        const taken: string[] = []
        const servers = await Promise.all(plans.map(({ dialogue, ...deedsOf }) => MailServer.start(scriptOf(deedsOf, (message) => taken.push(message)), { offer: dialogue })))
        const { pool, send } = poolOver(servers, { ...options, endpointTimeout: 0 })
        const texts = Array.from({ length: 25 }, (_, index) => `Message ${index}\r\n${textOf(sizes[index % sizes.length]!)}`)
        const signals = texts.map(() => new Cancellation())
        const sent = texts.map((text, index) => send(text, { signal: signals[index] }))
        const ends = [
          ...aborts.map(async ({ index, after }) => (await turns(after), signals[index]!.abort(undefined))),
          turns(closesAfter).then(() => closing !== 'no' && pool.close(closing === 'forced')),
        ]
        const outcomes = await Promise.all(sent)
        await Promise.all(ends)
        pool.close(true)
        for (const server of servers) await server[Symbol.asyncDispose]()
        expect(sent.map(({ settled }) => settled())).toEqual(sent.map(() => 1))
        // Nothing but whole messages.
        expect(taken.filter((message) => !texts.includes(message))).toEqual([])
        const wrong = texts.flatMap((text, index) => {
          const word = wordFor(outcomes[index]!)
          const copies = taken.filter((message) => message === text).length
          return allowed[word].includes(copies) ? [] : [`${word}, and ${copies} copies`]
        })
        expect(wrong).toEqual([])
      }),
      { numRuns: 100, timeout: 10_000, endOnFailure: true },
    )
  })
})

/** Octets of the messages beside their first line. */
const sizes = [0, 0, 0, 40_000, 0, 200_000, 0, 16_384]

/** How many copies may be there. */
const allowed: Readonly<Record<ReturnType<typeof wordFor>, readonly number[]>> = { accepted: [1], 'not-accepted': [0], unknown: [0, 1] }

function wordFor(outcome: SubmissionOutcome): 'accepted' | 'not-accepted' | 'unknown' {
  return outcome.isAccepted ? 'accepted' : outcome.delivery
}
