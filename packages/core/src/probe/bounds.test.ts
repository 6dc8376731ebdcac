import { getEventListeners } from 'node:events'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { openBlackHole } from '../../../testing/src/black-hole.ts'
import { ca, trusted } from '../../test/certificates.ts'
import { expectNoLeaks } from '../../test/expect-no-leaks.ts'
import { type Peer, type Script, type ScriptedServer, serve, upToTls } from '../../test/scripted-server.ts'
import type { Endpoint } from '../endpoint.ts'
import type { Stage } from '../failure/failure.ts'
import { probe } from './probe.ts'
import type { ProbeReport } from './report.ts'

const host = '127.0.0.1'
const auth = { user: 'ada@example.com', pass: 'hunter2' }
const endless = { dns: 3_600_000, connect: 3_600_000, greeting: 3_600_000, tls: 3_600_000, reply: 3_600_000 }
const DEADLINE = 60_000

/** How a probe is ended. The timers are fake. */
const ends = {
  aborted: (caller: AbortController) => caller.abort(),
  deadline: () => void vi.advanceTimersByTime(DEADLINE),
}
const codes = ['aborted', 'deadline'] as const

afterEach(() => void vi.useRealTimers())

const turn = () => new Promise((resolve) => setImmediate(resolve))
const connecting = () => process.getActiveResourcesInfo().includes('ConnectWrap')

/** Waits until the server is silent and the client waits for it. The client may see the connection later than the server. */
async function waitForSilence(server: ScriptedServer): Promise<void> {
  await (await server.firstPeer).silence
  while (connecting()) await turn()
  await turn()
}

/** Ends a probe once `reached` resolves, and checks that it leaves no socket, timer or listener. */
async function ended(endpoint: Endpoint, code: keyof typeof ends, reached: () => Promise<unknown>, own = 0): Promise<ProbeReport> {
  const caller = new AbortController()
  return await expectNoLeaks(async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const probing = probe(endpoint, { auth, tls: { ca }, budgets: endless, deadline: DEADLINE, signal: caller.signal })
    await reached()
    ends[code](caller)
    const report = await probing
    expect(vi.getTimerCount()).toBe(0)
    expect(getEventListeners(caller.signal, 'abort')).toEqual([])
    vi.useRealTimers()
    return report
  }, own)
}

const greet = (peer: Peer) => peer.say('220 mail.example.com ESMTP\r\n')
const secured = async (peer: Peer) => {
  await upToTls(peer)
  await peer.secure(trusted)
  await peer.hear()
}

const stages: [stage: Stage, where: string, security: 'starttls' | 'implicit', script: Script][] = [
  ['greeting', 'before the first byte', 'starttls', (peer) => peer.fallSilent()],
  ['greeting', 'in the middle of it', 'starttls', async (peer) => {
    peer.say('220-mail')
    await peer.fallSilent()
  }],
  ['ehlo', 'before TLS', 'starttls', async (peer) => {
    greet(peer)
    await peer.hear()
    await peer.fallSilent()
  }],
  ['ehlo', 'between two lines', 'starttls', async (peer) => {
    greet(peer)
    await peer.hear()
    peer.say('250-mail.example.com\r\n')
    await peer.fallSilent()
  }],
  ['starttls', 'before the reply', 'starttls', async (peer) => {
    greet(peer)
    await peer.hear()
    peer.say('250-mail.example.com\r\n250 STARTTLS\r\n')
    await peer.hear()
    await peer.fallSilent()
  }],
  ['tls', 'after STARTTLS', 'starttls', async (peer) => {
    await upToTls(peer)
    await peer.hearAnything()
    await peer.fallSilent()
  }],
  ['tls', 'from the first byte', 'implicit', async (peer) => {
    await peer.hearAnything()
    await peer.fallSilent()
  }],
  ['ehlo', 'under TLS', 'starttls', async (peer) => {
    await secured(peer)
    await peer.fallSilent()
  }],
  ['auth', 'after the command', 'starttls', async (peer) => {
    await secured(peer)
    peer.say('250-mail.example.com\r\n250 AUTH PLAIN\r\n')
    await peer.hear()
    await peer.fallSilent()
  }],
  ['auth', 'between two challenges', 'starttls', async (peer) => {
    await secured(peer)
    peer.say('250-mail.example.com\r\n250 AUTH LOGIN\r\n')
    await peer.hear()
    peer.say('334 \r\n')
    await peer.hear()
    await peer.fallSilent()
  }],
]

describe.each(codes)('a probe that ends with %s leaves no resources', (code) => {
  it('in stage dns', async () => {
    const report = await ended({ host: 'mail.postern.invalid', port: 587, security: 'starttls' }, code, async () => {
      // The lookup has started, and cannot end within the same turn of the event loop.
      expect(process.getActiveResourcesInfo()).toContain('GetAddrInfoReqWrap')
    })
    expect(report.failure).toMatchObject({ code, stage: 'dns' })
  })

  it('in stage connect', async () => {
    // A separate address: no outgoing connection of this machine uses it, so the port stays free.
    const silent = '127.0.0.9'
    const server = await serve(() => {}, silent)
    await server[Symbol.asyncDispose]()
    const hole = await openBlackHole(server.port, silent)
    try {
      // The black hole uses two connections of this process.
      const report = await ended({ host: silent, port: server.port, security: 'starttls' }, code, async () => {
        while (!connecting()) await turn()
      }, 2)
      expect(report.failure).toMatchObject({ code, stage: 'connect' })
    } finally {
      await hole.close()
    }
  })

  it.each(stages)('in stage %s, %s (%s)', async (stage, _where, security, script) => {
    await using server = await serve(script)
    const report = await ended({ host, port: server.port, security }, code, () => waitForSilence(server))
    expect(report.failure).toMatchObject({ code, stage })
    expect(report.stages.at(-1)?.stage).toBe(stage)
    await server.quiet()
    expect(server.peers).toHaveLength(1)
  })

  it.each([
    ['while the greeting is flooded', '220-hello\r\n', (peer: Peer) => void peer],
    ['while EHLO is answered line by line', '250-X\r\n', greet],
  ])('%s', async (_what, line, begin) => {
    // An incomplete reply, too short to reach the size limit.
    await using server = await serve(async (peer) => {
      begin(peer)
      if (line.startsWith('250')) await peer.hear()
      for (let turn = 0; turn < 100; turn += 1) peer.say(line)
      await peer.fallSilent()
    })
    const report = await ended({ host, port: server.port, security: 'starttls' }, code, () => waitForSilence(server))
    expect(report.failure?.code).toBe(code)
  })
})
