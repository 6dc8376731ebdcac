import { afterEach, describe, expect, it, vi } from 'vitest'
import { talk, type Talk } from '../test/talk.ts'
import { type Limits, type NominalPort, type Provider, type ProviderOptions, startProvider } from './index.ts'

const started: Provider[] = []

async function start(options?: ProviderOptions): Promise<Provider> {
  const provider = await startProvider(options)
  started.push(provider)
  return provider
}

afterEach(async () => {
  await Promise.all(started.splice(0).map((provider) => provider.close()))
})

/** A connection that is logged in. */
async function visit(provider: Provider, port: NominalPort = 587): Promise<Talk> {
  const client = await talk(provider, port)
  await client.open()
  expect(await client.login()).toMatch(/^235 /)
  return client
}

describe('a limit on connections', () => {
  it.each([
    [{ connections: 2 }, [587, 465], [465, 587, 25]],
    [{ connections: { 587: 2 } }, [587, 587], [587]],
  ] as const)('turns the third away with 421 at its greeting: %j', async (limits, within, beyond) => {
    const provider = await start({ limits })
    const clients = await Promise.all(within.map((port) => visit(provider, port)))

    for (const port of beyond) {
      const one = await talk(provider, port)
      expect(await one.reply()).toBe('421 4.7.0 Too many connections')
      await one.ended()
    }

    expect(provider.turnedAway).toEqual({ connections: beyond.length, messages: 0 })
    for (const client of clients) {
      expect(await client.send()).toMatch(/^250 /)
      await client.leave()
    }
  })

  it('of one port leaves the others alone', async () => {
    const provider = await start({ limits: { connections: { 587: 1 } } })
    const clients = await Promise.all([visit(provider), visit(provider, 2525), visit(provider, 2525)])
    expect(provider.turnedAway.connections).toBe(0)
    for (const client of clients) await client.leave()
  })

  it('can turn away at EHLO', async () => {
    const provider = await start({ limits: { connections: 1, turnAwayAt: 'EHLO' } })
    const first = await visit(provider)
    const second = await talk(provider, 587)

    expect(await second.reply()).toMatch(/^220 /)
    expect(await second.say('EHLO client.test')).toBe('421 4.7.0 Too many connections')
    await second.ended()
    await first.leave()
  })

  it('can turn away at the login, whatever the password', async () => {
    const provider = await start({ limits: { connections: 1, turnAwayAt: 'login' } })
    const first = await visit(provider)
    const second = await talk(provider, 587)

    await second.open()
    expect(await second.login()).toBe('421 4.7.0 Too many connections')
    await second.ended()
    expect(provider.logins.map(({ ok }) => ok)).toEqual([true, false])
    await first.leave()
  })

  it('gives the place of a connection that has ended to the next one', async () => {
    const provider = await start({ limits: { connections: 1 } })
    for (let round = 0; round < 5; round += 1) {
      const client = await visit(provider)
      await client.leave()
      // The place is free once the server has seen the end too.
      await vi.waitFor(async () => {
        const next = await talk(provider, 587)
        expect(await next.reply()).toMatch(/^220 /)
        await next.leave()
      })
    }
  })

  it('frees the places of a port whose connections a fault has destroyed', async () => {
    const provider = await start({ limits: { connections: 1 } })
    await visit(provider)
    await provider.fault(587, 'refuse')
    await provider.heal(587)
    const next = await vi.waitFor(() => visit(provider))
    expect(await next.send()).toMatch(/^250 /)
  })

  it('can be changed and lifted; open connections stay', async () => {
    const provider = await start()
    const [first, second] = await Promise.all([visit(provider), visit(provider)])
    provider.limit({ connections: 1 })

    const third = await talk(provider, 587)
    expect(await third.reply()).toMatch(/^421 /)
    expect(await first.send()).toMatch(/^250 /)
    expect(await second.send()).toMatch(/^250 /)
    provider.limit({})
    await (await visit(provider)).leave()
    await first.leave()
    await second.leave()
  })
})

describe('a limit on messages', () => {
  it('answers MAIL with 451 beyond so many in a window, by the clock it was given', async () => {
    let now = 0
    const provider = await start({ limits: { rate: { messages: 2, window: 100, now: () => now } } })
    const [one, other] = await Promise.all([visit(provider, 587), visit(provider, 465)])
    expect(await one.send()).toMatch(/^250 /)
    now = 60
    expect(await other.send()).toMatch(/^250 /)

    expect(await one.say('MAIL FROM:<a@example.net>')).toBe('451 4.7.1 Too fast')
    now = 99
    expect(await other.say('MAIL FROM:<a@example.net>')).toBe('451 4.7.1 Too fast')
    now = 100
    expect(await one.send()).toMatch(/^250 /)
    expect(await one.say('MAIL FROM:<a@example.net>')).toMatch(/^451 /)
    now = 160
    expect(await other.send()).toMatch(/^250 /)

    expect(provider.turnedAway).toEqual({ connections: 0, messages: 3 })
    expect(provider.messages).toHaveLength(4)
    await one.leave()
    await other.leave()
  })

  it('can go by count: so many taken, then so many refused', async () => {
    const provider = await start({ limits: { rate: { messages: 3, refusals: 2 } } })
    const client = await visit(provider)
    const answers: string[] = []
    for (let turn = 0; turn < 10; turn += 1) {
      const answer = await client.say('MAIL FROM:<a@example.net>')
      answers.push(answer.slice(0, 3))
      await client.say('RSET')
    }
    expect(answers.join(' ')).toBe('250 250 250 451 451 250 250 250 451 451')
    await client.leave()
  })

  it('can refuse after the end of data, with a reply of choice', async () => {
    const reply = '454 Throttling failure: Maximum sending rate exceeded'
    const provider = await start({ limits: { rate: { messages: 1, refusals: 1, at: 'message', reply } } })
    const client = await visit(provider)
    expect(await client.send()).toMatch(/^250 /)
    expect(await client.send()).toContain('Throttling failure: Maximum sending rate exceeded')
    expect(await client.send()).toMatch(/^250 /)
    expect(provider.messages).toHaveLength(2)
    await client.leave()
  })

  it('closes the connection after a 421', async () => {
    const reply = '421 4.7.0 Too fast, come back later'
    const provider = await start({ limits: { rate: { messages: 1, refusals: 1, reply } } })
    const client = await visit(provider)
    await client.send()
    expect(await client.say('MAIL FROM:<a@example.net>')).toBe(reply)
    await client.ended()
  })
})

it.each<[Limits, string]>([
  [{ connections: 0 }, 'connections is a number above 0'],
  [{ connections: { 587: NaN } }, 'connections is a number above 0'],
  [{ turnAwayAt: 'DATA' as 'EHLO' }, 'turnAwayAt is one of greeting, EHLO, login'],
  [{ rate: { messages: 0, window: 1 } }, 'rate.messages is a number above 0'],
  [{ rate: { messages: 1 } }, 'rate takes either window or refusals'],
  [{ rate: { messages: 1, window: 1, refusals: 1 } }, 'rate takes either window or refusals'],
  [{ rate: { messages: 1, window: -1 } }, 'rate.window or rate.refusals is a number above 0'],
  [{ rate: { messages: 1, window: 1, at: 'RCPT' as 'MAIL' } }, 'rate.at is one of MAIL, message'],
  [{ rate: { messages: 1, window: 1, reply: 'slow down' } }, 'rate.reply begins with a 4xx or 5xx code'],
])('names what is wrong with %j', async (limits, message) => {
  await expect(startProvider({ limits })).rejects.toThrow(message)
  const provider = await start()
  expect(() => provider.limit(limits)).toThrow(message)
})

it('takes no limit once the provider is closed', async () => {
  const provider = await start()
  await provider.close()
  expect(() => provider.limit({})).toThrow('The provider is closed')
})
