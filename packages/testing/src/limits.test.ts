import { afterEach, describe, expect, it, vi } from 'vitest'
import { connectClient, type SmtpClient } from '../test/smtp-client.ts'
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

async function loggedInClient(provider: Provider, port: NominalPort = 587): Promise<SmtpClient> {
  const client = await connectClient(provider, port)
  await client.startSession()
  expect(await client.login()).toMatch(/^235 /)
  return client
}

describe('a limit on connections', () => {
  it.each([
    [{ connections: 2 }, [587, 465], [465, 587, 25]],
    [{ connections: { 587: 2 } }, [587, 587], [587]],
  ] as const)('greets connections above the limit with 421: %j', async (limits, within, above) => {
    const provider = await start({ limits })
    const clients = await Promise.all(within.map((port) => loggedInClient(provider, port)))

    for (const port of above) {
      const one = await connectClient(provider, port)
      expect(await one.reply()).toBe('421 4.7.0 Too many connections')
      await one.closed()
    }

    expect(provider.overLimit).toEqual({ connections: above.length, messages: 0 })
    for (const client of clients) {
      expect(await client.send()).toMatch(/^250 /)
      await client.end()
    }
  })

  it('for one port does not affect the others', async () => {
    const provider = await start({ limits: { connections: { 587: 1 } } })
    const clients = await Promise.all([loggedInClient(provider), loggedInClient(provider, 2525), loggedInClient(provider, 2525)])
    expect(provider.overLimit.connections).toBe(0)
    for (const client of clients) await client.end()
  })

  it('can refuse at EHLO', async () => {
    const provider = await start({ limits: { connections: 1, refuseAt: 'EHLO' } })
    const first = await loggedInClient(provider)
    const second = await connectClient(provider, 587)

    expect(await second.reply()).toMatch(/^220 /)
    expect(await second.command('EHLO client.test')).toBe('421 4.7.0 Too many connections')
    await second.closed()
    await first.end()
  })

  it('can refuse at the login, even with the right password', async () => {
    const provider = await start({ limits: { connections: 1, refuseAt: 'login' } })
    const first = await loggedInClient(provider)
    const second = await connectClient(provider, 587)

    await second.startSession()
    expect(await second.login()).toBe('421 4.7.0 Too many connections')
    await second.closed()
    expect(provider.logins.map(({ ok }) => ok)).toEqual([true, false])
    await first.end()
  })

  it('accepts a new connection after one has closed', async () => {
    const provider = await start({ limits: { connections: 1 } })
    for (let round = 0; round < 5; round += 1) {
      const client = await loggedInClient(provider)
      await client.end()
      // The server may see the close later than the client.
      await vi.waitFor(async () => {
        const next = await connectClient(provider, 587)
        expect(await next.reply()).toMatch(/^220 /)
        await next.end()
      })
    }
  })

  it('does not count connections that a fault has destroyed', async () => {
    const provider = await start({ limits: { connections: 1 } })
    await loggedInClient(provider)
    await provider.fault(587, 'refuse')
    await provider.heal(587)
    const next = await vi.waitFor(() => loggedInClient(provider))
    expect(await next.send()).toMatch(/^250 /)
  })

  it('can be changed and removed; open connections stay', async () => {
    const provider = await start()
    const [first, second] = await Promise.all([loggedInClient(provider), loggedInClient(provider)])
    provider.limit({ connections: 1 })

    const third = await connectClient(provider, 587)
    expect(await third.reply()).toMatch(/^421 /)
    expect(await first.send()).toMatch(/^250 /)
    expect(await second.send()).toMatch(/^250 /)
    provider.limit({})
    await (await loggedInClient(provider)).end()
    await first.end()
    await second.end()
  })
})

describe('a limit on messages', () => {
  it('answers MAIL with 451 above the rate per window', async () => {
    let now = 0
    const provider = await start({ limits: { rate: { messages: 2, window: 100, now: () => now } } })
    const [one, other] = await Promise.all([loggedInClient(provider, 587), loggedInClient(provider, 465)])
    expect(await one.send()).toMatch(/^250 /)
    now = 60
    expect(await other.send()).toMatch(/^250 /)

    expect(await one.command('MAIL FROM:<a@example.net>')).toBe('451 4.7.1 Too fast')
    now = 99
    expect(await other.command('MAIL FROM:<a@example.net>')).toBe('451 4.7.1 Too fast')
    now = 100
    expect(await one.send()).toMatch(/^250 /)
    expect(await one.command('MAIL FROM:<a@example.net>')).toMatch(/^451 /)
    now = 160
    expect(await other.send()).toMatch(/^250 /)

    expect(provider.overLimit).toEqual({ connections: 0, messages: 3 })
    expect(provider.messages).toHaveLength(4)
    await one.end()
    await other.end()
  })

  it('can count instead: `messages` accepted, then `refusals` refused', async () => {
    const provider = await start({ limits: { rate: { messages: 3, refusals: 2 } } })
    const client = await loggedInClient(provider)
    const answers: string[] = []
    for (let count = 0; count < 10; count += 1) {
      const answer = await client.command('MAIL FROM:<a@example.net>')
      answers.push(answer.slice(0, 3))
      await client.command('RSET')
    }
    expect(answers.join(' ')).toBe('250 250 250 451 451 250 250 250 451 451')
    await client.end()
  })

  it('can refuse after the end of data, with another reply', async () => {
    const reply = '454 Throttling failure: Maximum sending rate exceeded'
    const provider = await start({ limits: { rate: { messages: 1, refusals: 1, at: 'message', reply } } })
    const client = await loggedInClient(provider)
    expect(await client.send()).toMatch(/^250 /)
    expect(await client.send()).toContain('Throttling failure: Maximum sending rate exceeded')
    expect(await client.send()).toMatch(/^250 /)
    expect(provider.messages).toHaveLength(2)
    await client.end()
  })

  it('closes the connection after a 421', async () => {
    const reply = '421 4.7.0 Too fast, come back later'
    const provider = await start({ limits: { rate: { messages: 1, refusals: 1, reply } } })
    const client = await loggedInClient(provider)
    await client.send()
    expect(await client.command('MAIL FROM:<a@example.net>')).toBe(reply)
    await client.closed()
  })
})

it.each<[Limits, string]>([
  [{ connections: 0 }, 'connections must be a number above 0'],
  [{ connections: { 587: NaN } }, 'connections must be a number above 0'],
  [{ refuseAt: 'DATA' as 'EHLO' }, 'refuseAt must be one of greeting, EHLO, login'],
  [{ rate: { messages: 0, window: 1 } }, 'rate.messages must be a number above 0'],
  [{ rate: { messages: 1 } }, 'rate needs either window or refusals'],
  [{ rate: { messages: 1, window: 1, refusals: 1 } }, 'rate needs either window or refusals'],
  [{ rate: { messages: 1, window: -1 } }, 'rate.window or rate.refusals must be a number above 0'],
  [{ rate: { messages: 1, window: 1, at: 'RCPT' as 'MAIL' } }, 'rate.at must be one of MAIL, message'],
  [{ rate: { messages: 1, window: 1, reply: 'slow down' } }, 'rate.reply must begin with a 4xx or 5xx code'],
])('rejects %j', async (limits, message) => {
  await expect(startProvider({ limits })).rejects.toThrow(message)
  const provider = await start()
  expect(() => provider.limit(limits)).toThrow(message)
})

it('rejects a limit after close', async () => {
  const provider = await start()
  await provider.close()
  expect(() => provider.limit({})).toThrow('The provider is closed')
})
