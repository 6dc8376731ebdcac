import { startProvider } from '@postern/testing'
import { describe, expect, it, vi } from 'vitest'
import { serve, upToTls } from '../../test/scripted-server.ts'
import { ca, trusted } from '../../test/certificates.ts'
import { probe } from '../probe/probe.ts'
import { createEndpointSelector } from '../selection/selector.ts'

// A container whose name is no domain and, with its underscore, not even valid in EHLO.
vi.mock('node:os', async (original) => ({ ...(await original<object>()), hostname: () => 'my_app_1' }))

const host = '127.0.0.1'
const starttls = (port: number) => ({ host, port, security: 'starttls' as const })

describe('a server that refuses the EHLO name', () => {
  it.each([
    ['ehlo-domain-refused', 587, 1],
    ['ehlo-domain-refused', 465, 1],
    ['ehlo-literal-refused', 587, 1],
    ['ehlo-literal-refused', 465, 1],
  ] as const)('gets the other form on the same port: %s on %d', async (fault, port, connections) => {
    await using provider = await startProvider({ faults: { [port]: fault } })
    const security = port === 465 ? ('implicit' as const) : ('starttls' as const)
    const report = await probe({ host, port: provider.ports[port], security }, { auth: provider.auth, tls: { ca: provider.ca } })
    expect(report).toMatchObject({ ok: true, login: { outcome: 'accepted' } })
    expect(provider.connections[port]).toBe(connections)
  })

  it('gets the domain of the sender, where the user name has none', async () => {
    const names = await namesSaid(undefined, () => 'ada@sender.example')
    expect(names).toEqual(['sender.example', '[127.0.0.1]'])
  })

  it('gets the name that the caller set, and no other', async () => {
    expect(await namesSaid('app.example.com')).toEqual(['app.example.com'])
  })

  it('is asked over a new connection where it has closed the first one, up to the second EHLO under TLS', async () => {
    const said: string[] = []
    await using server = await serve(async (peer) => {
      await upToTls(peer)
      await peer.secure(trusted)
      const line = await peer.hear()
      said.push(line)
      if (line.includes('[')) peer.say('250 mail.example.com\r\n')
      else {
        peer.say('421 4.7.0 Try again later, closing connection. (EHLO)\r\n')
        peer.end()
      }
    })
    const { ok, stages } = await probe(starttls(server.port), { auth: { user: 'ada@example.com', pass: 'x' }, login: false, tls: { ca } })
    expect(ok).toBe(false)
    expect(said).toEqual(['EHLO example.com', 'EHLO [127.0.0.1]'])
    expect(server.peers).toHaveLength(2)
    expect(stages.map(({ stage }) => stage).filter((stage) => stage !== 'dns' && stage !== 'connect').join(' ')).toBe(
      'greeting ehlo starttls tls ehlo greeting ehlo starttls tls ehlo auth',
    )
  })

  it('is asked twice at most, and the failure is its reply', async () => {
    for (const reply of ['550 5.7.1 no\r\n', '421 4.7.0 Try again later\r\n', '504 5.5.2 need a full name\r\n']) {
      await using server = await serve(async (peer) => {
        peer.say('220 mail.example.com\r\n')
        for (;;) {
          await peer.hear()
          peer.say(reply)
          if (reply.startsWith('421')) return peer.end()
        }
      })
      const { failure } = await probe(starttls(server.port))
      expect(failure).toMatchObject({ code: 'ehlo-rejected', stage: 'ehlo', replyCode: Number(reply.slice(0, 3)) })
      expect(server.peers.map(({ clear }) => clear).join('').match(/EHLO/g)?.length).toBeLessThanOrEqual(2)
      expect(server.peers.length).toBeLessThanOrEqual(2)
    }
  })

  it('keeps its refusal as the failure if the second name gets no answer', async () => {
    let connections = 0
    await using server = await serve(async (peer) => {
      connections += 1
      if (connections > 1) return peer.reset()
      peer.say('220 mail.example.com\r\n')
      await peer.hear()
      peer.say('421 4.7.0 Try again later, closing connection. (EHLO)\r\n')
      peer.end()
    })
    const { failure } = await probe(starttls(server.port), { auth: { user: 'ada@example.com', pass: 'x' } })
    expect(failure).toMatchObject({ code: 'ehlo-rejected', stage: 'ehlo', replyCode: 421 })
  })

  it('is not asked again where it has too many connections', async () => {
    await using server = await serve(async (peer) => {
      peer.say('220 mail.example.com\r\n')
      await peer.hear()
      peer.say('421 4.7.0 Too many connections, try again in 5 minutes\r\n')
      peer.end()
    })
    const { failure } = await probe(starttls(server.port), { auth: { user: 'ada@example.com', pass: 'x' } })
    expect(failure).toMatchObject({ code: 'rate-limited', stage: 'ehlo', retryAfter: 300_000 })
    expect(server.peers).toHaveLength(1)
  })

  it('does not get the refused name again from the same selector', async () => {
    const said: string[] = []
    await using server = await serve(async (peer) => {
      peer.say('220 mail.example.com\r\n')
      for (;;) {
        const line = await peer.hear()
        said.push(line)
        peer.say(line.includes('[') ? '250 mail.example.com\r\n' : '501 5.5.2 no\r\n')
      }
    })
    const selector = createEndpointSelector({ host, candidates: [{ port: server.port, security: 'none' }], auth: { user: 'ada@example.com', pass: 'x' } })
    for (let count = 0; count < 2; count++) await selector.examine().catch(() => {})
    expect(said).toEqual(['EHLO example.com', 'EHLO [127.0.0.1]', 'EHLO [127.0.0.1]'])
  })
})

/** The names that a server which refuses them all is given. */
async function namesSaid(clientName?: string, sender?: () => string): Promise<string[]> {
  const said: string[] = []
  await using server = await serve(async (peer) => {
    peer.say('220 mail.example.com\r\n')
    for (;;) {
      said.push((await peer.hear()).slice('EHLO '.length))
      peer.say('550 5.7.1 no\r\n')
    }
  })
  const selector = createEndpointSelector({ host, candidates: [{ port: server.port, security: 'none' }], ...(clientName && { clientName }) })
  selector.sessionHooks = { sender }
  await selector.examine().catch(() => {})
  return said
}
