import { startProvider, type Fault } from '@postern/testing'
import { expect, it, onTestFinished } from 'vitest'
import { expectNoLeaks } from '../../test/expect-no-leaks.ts'
import type { Endpoint } from '../endpoint.ts'
import type { Failure } from '../failure/failure.ts'
import type { Session } from '../smtp/session.ts'
import { SessionFailed } from '../smtp/session-failed.ts'
import { NoUsableEndpointError } from './no-usable-endpoint-error.ts'
import { createEndpointSelector } from './selector.ts'

/** A seeded sequence of numbers in [0, 1) (mulberry32). */
function sequence(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

const faults: readonly (Fault | undefined)[] = ['refuse', 'silent', 'bad-banner', 'reset', 'auth-not-offered', 'starttls-hangs', undefined, undefined, undefined]
const dropped: Failure = { code: 'connection-lost', stage: 'mail', message: '', advice: '' }

/** Only restricted openings may fail, and only with network failures. */
const isExpected = (isRestricted: boolean) => (error: unknown) => {
  if (!isRestricted || !(NoUsableEndpointError.isInstance(error) || error instanceof SessionFailed)) throw error
}

it.each([1, 2, 3, 4])('with two unreliable ports, openings that may use the third succeed, all settle, and nothing leaks (seed %i)', async (seed) => {
  const random = sequence(seed)
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)]!
  const provider = await startProvider()
  onTestFinished(() => provider.close())
  const ladder: Endpoint[] = provider.settings.candidates.map((candidate) => ({ host: provider.host, ...candidate }))
  const timing = { attemptDelay: 8, preferenceGrace: 40 }
  let opened = 0
  const changes: string[] = []
  const gaps: string[] = []

  await expectNoLeaks(async () => {
    const selector = createEndpointSelector(provider.settings, {
      timing,
      deadline: 50_000,
      recheck: { initial: 15, max: 60 },
    })
    let last: number | undefined
    for (const event of ['selected', 'fallback', 'recovered'] as const) {
      selector.on(event, ({ endpoint, previous }) => {
        // Each change starts with the previous endpoint; the first one may be a fallback as well.
        if (previous ? previous.port !== last : changes.length > 1) gaps.push(`${event} from ${previous?.port}, not ${last}`)
        last = endpoint.port
        changes.push(event)
      })
    }
    const end = (session: Session) => {
      opened += 1
      if (random() < 0.3) selector.reportFailure(session.endpoint, dropped)
      else selector.reportDelivery(session.endpoint)
      session.quit()
    }
    const openings: Promise<unknown>[] = []
    for (let round = 0; round < 60; round += 1) {
      if (random() < 0.3) {
        const fault = pick(faults)
        const port = pick([587, 2525])
        await (fault ? provider.fault(port, fault) : provider.heal(port))
      }
      for (let call = 0; call < 5; call += 1) {
        const controller = new AbortController()
        const isAborted = random() < 0.15
        const isBrief = random() < 0.2
        const options = {
          signal: controller.signal,
          waitForChoice: random() < 0.2,
          avoid: random() < 0.2 ? [pick(ladder.slice(0, 2))] : [],
          ...(isBrief && { deadline: 1 + Math.floor(random() * 50) }),
          ...(random() < 0.2 && { auth: { user: 'other', pass: 'secret' } }),
        }
        const { usable } = selector
        const kind = random()
        const failed = isExpected(isAborted || isBrief)
        if (kind < 0.65) openings.push(selector.openSession(options).then(({ session }) => end(session), failed))
        else if (kind < 0.8 && usable) openings.push(selector.openSessionAt(usable, options).then(end, isExpected(true)))
        else if (kind < 0.9) openings.push(selector.connect(options).then(({ socket }) => void socket.destroy(), failed))
        else openings.push(selector.examine(options).then(() => {}, isExpected(true)))
        if (isAborted) setImmediate(() => controller.abort())
      }
      if (random() < 0.5) await new Promise((resolve) => setImmediate(resolve))
      else await Promise.race(openings)
    }
    await Promise.all(openings)
    selector.close()
    // The provider reserves a refusing port with a connection.
    await Promise.all([provider.heal(587), provider.heal(2525)])
  })
  expect(opened).toBeGreaterThan(50)
  expect(changes).toContain('fallback')
  expect(gaps).toEqual([])
})
