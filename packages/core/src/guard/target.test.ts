import { describe, expect, it } from 'vitest'
import { ManualClock } from '../../test/manual-clock.ts'
import { readHostList } from './host-list.ts'
import { checkTarget, type Resolve } from './target.ts'

const missing: Resolve = () => Promise.reject(Object.assign(new Error('no'), { code: 'ENOTFOUND' }))
const unasked: Resolve = () => expect.unreachable('it was looked up')
const leadsTo =
  (...addresses: readonly string[]): Resolve =>
  () => Promise.resolve(addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }) as const))
const afterMs =
  (clock: ManualClock, ms: number, resolve: Resolve): Resolve =>
  (host, signal) => {
    clock.advance(ms)
    return resolve(host, signal)
  }

function check(host: string, resolve: Resolve, clock: ManualClock, { allow = [] as readonly string[], deny = [] as readonly string[], signal = new AbortController().signal } = {}) {
  return checkTarget(host, { allow: readHostList(allow), deny: readHostList(deny), resolve, clock }, signal)
}

const settled = () => new Promise(setImmediate)

describe('a refused name', () => {
  const no = { allowed: false, code: 'dns-not-found' }

  it.each<[what: string, resolve: Resolve]>([
    ['does not exist', missing],
    ['has no address', leadsTo()],
    ['leads inside', leadsTo('10.1.2.3')],
    ['leads inside, too', leadsTo('93.184.215.14', '10.1.2.3')],
    ['leads to no address at all', leadsTo('127.1')],
    ['leads to an address of one link', leadsTo('2600::1%1')],
  ])('gets the same response after the same time if it %s', async (_, resolve) => {
    for (const [took, rest] of [
      [0, 250],
      [1, 249],
      [100, 150],
      [249, 1],
      [250, 250],
      [1_234, 16],
    ] as const) {
      const clock = new ManualClock()
      let answer: unknown
      const checking = check('mail.example.com', afterMs(clock, took, resolve), clock).then((it) => (answer = it))
      await settled()
      expect([answer, clock.waits]).toEqual([undefined, [rest]])
      clock.advance(rest)
      expect(await checking).toEqual(no)
    }
  })

  it('is not delayed beyond the deadline', async () => {
    const [clock, controller] = [new ManualClock(), new AbortController()]
    const checking = check('mail.example.com', leadsTo('10.1.2.3'), clock, { signal: controller.signal })
    await settled()
    controller.abort()
    expect(await checking).toEqual(no)
    expect(clock.waits).toEqual([])
  })
})

describe('a target', () => {
  it.each([
    ['127.0.0.1', []],
    ['10.1.2.3', []],
    ['localhost', []],
    ['relay.localhost', []],
    ['localhost', ['127.0.0.1']],
    ['127.1', ['127.0.0.0/8']],
  ])('is refused without a lookup or a delay: %s with %j allowed', async (host, allow) => {
    const clock = new ManualClock()
    expect(await check(host, unasked, clock, { allow })).toEqual({ allowed: false, code: 'target-forbidden' })
    expect(clock.waits).toEqual([])
  })

  it.each<[host: string, deny: string]>([
    ['localhost', 'LocalHost.'],
    ['93.184.215.14', '93.184.0.0/16'],
    ['2600:64::a00:1', '2600:64::/96'],
    ['10.1.2.3', '10.1.2.0/24'],
  ])('is refused although it is public or allowed: %s with %s denied', async (host, deny) => {
    const clock = new ManualClock()
    const target = await check(host, unasked, clock, { allow: ['mail.example.com', '10.1.0.0/16'], deny: [deny] })
    expect(target).toEqual({ allowed: false, code: 'target-forbidden' })
  })

  it.each(['93.184.0.0/16', 'Mail.Example.com.'])('is reported as nonexistent if %s is denied', async (closed) => {
    const clock = new ManualClock()
    const checking = check('mail.example.com', leadsTo('93.184.215.14'), clock, { allow: ['mail.example.com'], deny: [closed] })
    await settled()
    clock.advance(clock.waits[0]!)
    expect(await checking).toEqual({ allowed: false, code: 'dns-not-found' })
  })

  it.each<[host: string, addresses: string[], allow: string[]]>([
    ['mail.example.com', ['93.184.215.14'], []],
    ['relay.internal', ['10.1.2.3'], ['relay.internal']],
    ['relay.internal', ['10.1.2.3', '93.184.215.14'], ['10.1.0.0/16']],
    ['localhost', ['127.0.0.1', '::1'], ['localhost']],
    ['localhost', ['127.0.0.1', '::1'], ['127.0.0.1', '::1']],
    ['10.1.2.3', ['10.1.2.3'], ['10.1.0.0/16']],
  ])('is allowed immediately: %s at %j with %j allowed', async (host, addresses, allow) => {
    const clock = new ManualClock()
    const target = await check(host, leadsTo(...addresses), clock, { allow })
    expect(target.allowed && target.addresses.map(({ address }) => address)).toEqual(addresses)
    expect(clock.waits).toEqual([])
  })
})
