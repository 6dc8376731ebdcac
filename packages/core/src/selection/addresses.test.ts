import { describe, expect, it, onTestFinished } from 'vitest'
import { certificates, ca, trusted } from '../../test/certificates.ts'
import { ManualClock } from '../../test/manual-clock.ts'
import { expectNoLeaks } from '../../test/expect-no-leaks.ts'
import { type Peer, type Script, type ScriptedServer, serve, upToTls } from '../../test/scripted-server.ts'
import type { Address } from '../smtp/resolve.ts'
import type { Attempt } from './attempt.ts'
import { createEndpointSelector } from './selector.ts'
import { NoUsableEndpointError } from './no-usable-endpoint-error.ts'
import type { SelectorOptions } from './selector-state.ts'

const at = (last: number): Address => ({ address: `127.0.0.${last}`, family: 4 })

async function underTls(peer: Peer): Promise<void> {
  await upToTls(peer)
  await peer.secure(trusted)
  for (;;) if ((await peer.hear()).startsWith('EHLO')) peer.say('250 mail.example.com\r\n')
}

const wrong = await certificates.issue('other-name')
const faults: Readonly<Record<string, Script>> = {
  'connection-lost': (peer) => peer.reset(),
  'greeting-rejected': (peer) => {
    peer.say('421 4.3.2 busy\r\n')
    peer.end()
  },
  'not-smtp': (peer) => peer.say('HTTP/1.1 400 Bad Request\r\n\r\n'),
  'ehlo-rejected': async (peer) => {
    peer.say('220 mail.example.com\r\n')
    await peer.hear()
    peer.say('550 go away\r\n')
  },
  'starttls-not-offered': async (peer) => {
    peer.say('220 mail.example.com\r\n')
    await peer.hear()
    peer.say('250 mail.example.com\r\n')
  },
  'starttls-rejected': async (peer) => {
    peer.say('220 mail.example.com\r\n')
    await peer.hear()
    peer.say('250-mail.example.com\r\n250 STARTTLS\r\n')
    await peer.hear()
    peer.say('454 4.7.0 not now\r\n')
  },
  'certificate-name': async (peer) => {
    await upToTls(peer)
    await peer.secure(wrong)
  },
}

const hanging: Script = async (peer) => {
  peer.say('220 mail.example.com\r\n')
  await peer.gone
}

/** One port on several addresses, each with its script. Without a script, nothing listens there. */
async function hostWith(...scripts: readonly (Script | undefined)[]): Promise<{ port: number; servers: (ScriptedServer | undefined)[] }> {
  let port = 0
  const servers: (ScriptedServer | undefined)[] = []
  for (const [index, script] of scripts.entries()) {
    if (!script) {
      servers.push(undefined)
      continue
    }
    const server = await serve(script, at(index + 1).address, port)
    onTestFinished(() => server[Symbol.asyncDispose]())
    port = server.port
    servers.push(server)
  }
  return { port, servers }
}

/** Milliseconds; longer than any test, so that nothing happens because of a timer. */
const NEVER = 3_600_000

function selectorFor(ports: readonly number[], addresses: readonly Address[], options: SelectorOptions = {}) {
  const internal: object = { resolve: async () => addresses }
  const selector = createEndpointSelector(
    { host: 'mail.example.test', tls: { ca, servername: 'localhost' }, candidates: ports.map((port) => ({ port, security: 'starttls' })) },
    { timing: { attemptDelay: NEVER, preferenceGrace: NEVER }, ...options, ...internal },
  )
  onTestFinished(() => selector.close())
  return selector
}

const story = (attempts: readonly Attempt[]) =>
  attempts.map(({ address, outcome, failure }) => [address, outcome, ...(failure ? [failure.code] : [])].join(' '))

async function errorOf(promise: Promise<unknown>): Promise<NoUsableEndpointError> {
  const error: unknown = await promise.then(
    () => expect.unreachable('it opened'),
    (error: unknown) => error,
  )
  if (!NoUsableEndpointError.isInstance(error)) throw error
  return error
}

describe('the addresses of a host', () => {
  it.each(Object.entries(faults))('are tried within the rung if the first one fails with %s', async (code, script) => {
    const { port } = await hostWith(script, underTls)
    const selector = selectorFor([port, 9], [at(1), at(2)])
    const { session, attempts } = await selector.openSession()
    expect(session.endpoint.port).toBe(port)
    expect(session.address).toBe('127.0.0.2')
    expect(story(attempts)).toEqual([`127.0.0.1 failed ${code}`, '127.0.0.2 used'])
    // A failed address does not make the rung fail.
    expect(selector.state()).toMatchObject({ endpoint: { port }, rungs: [{ status: 'up' }, { status: 'untried' }] })
    session.quit()
  })

  it('are all tried if connections are refused', async () => {
    const { port } = await hostWith(underTls)
    const selector = selectorFor([port], [at(2), at(3), at(1)])
    const { session, attempts } = await selector.openSession()
    expect(story(attempts)).toEqual(['127.0.0.2 failed connect-refused', '127.0.0.3 failed connect-refused', '127.0.0.1 used'])
    session.quit()
  })

  it('are each verified', async () => {
    const { port } = await hostWith(faults['certificate-name'], faults['certificate-name'])
    const { attempts, diagnosis } = await errorOf(selectorFor([port], [at(1), at(2)]).openSession())
    expect(story(attempts)).toEqual(['127.0.0.1 failed certificate-name', '127.0.0.2 failed certificate-name'])
    expect(diagnosis.code).toBe('certificate-name')
  })

  it('are tried in parallel while one does not greet, which is then destroyed', async () => {
    const { port, servers } = await hostWith((peer) => peer.gone, underTls)
    const selector = selectorFor([port], [at(1), at(2)], { timing: { attemptDelay: 5, preferenceGrace: NEVER } })
    await expectNoLeaks(async () => {
      const { session, attempts } = await selector.openSession()
      expect(story(attempts)).toEqual(['127.0.0.1 superseded greeting-timeout', '127.0.0.2 used'])
      await servers[0]!.quiet()
      session.quit()
    })
    expect(selector.state().rungs[0]?.status).toBe('up')
  })

  it('are tried in parallel while one greets and then hangs, after the grace', async () => {
    const { port } = await hostWith(hanging, underTls)
    const selector = selectorFor([port], [at(1), at(2)], { timing: { attemptDelay: 5, preferenceGrace: 20 } })
    const { session, attempts } = await selector.openSession()
    expect(story(attempts)).toEqual(['127.0.0.1 superseded reply-timeout', '127.0.0.2 used'])
    session.quit()
  })

  it('can be used although others were started after it', async () => {
    const { port, servers } = await hostWith(async (peer) => {
      await servers[1]!.firstPeer
      await underTls(peer)
    }, (peer) => peer.gone)
    const selector = selectorFor([port], [at(1), at(2)], { timing: { attemptDelay: 5, preferenceGrace: NEVER } })
    const { session, attempts } = await selector.openSession()
    expect(story(attempts)).toEqual(['127.0.0.1 used', '127.0.0.2 cancelled'])
    session.quit()
  })

  it('all fail before the next rung is used, and count as one failed rung', async () => {
    const { port } = await hostWith(faults['greeting-rejected'], faults['certificate-name'])
    const lower = await hostWith(underTls, undefined)
    const selector = selectorFor([port, lower.port], [at(1), at(2)])
    const { session, attempts } = await selector.openSession()
    expect(session.endpoint.port).toBe(lower.port)
    expect(story(attempts).slice(0, 2)).toEqual(['127.0.0.1 failed greeting-rejected', '127.0.0.2 failed certificate-name'])
    // The failure in the latest stage.
    expect(selector.state().rungs[0]).toMatchObject({ status: 'down', failure: { code: 'certificate-name' } })
    session.quit()
  })

  it('are reported once per port if nothing works', async () => {
    const { port } = await hostWith(underTls)
    const second = await hostWith(underTls)
    const { attempts, diagnosis } = await errorOf(selectorFor([port, second.port], [at(2), at(3)]).openSession())
    expect(attempts).toHaveLength(4)
    expect(diagnosis).toMatchObject({ code: 'nothing-listens', message: expect.stringContaining(`(${port}, ${second.port})`) })
  })

  it('are tried for connect() and openSessionAt() as well', async () => {
    const { port } = await hostWith(faults['greeting-rejected'], underTls)
    const selector = selectorFor([port], [at(1), at(2)])
    const { socket } = await selector.connect()
    expect(socket.remoteAddress).toBe('127.0.0.2')
    socket.destroy()
    const session = await selector.openSessionAt(selector.endpoint!)
    expect(session.address).toBe('127.0.0.2')
    session.quit()
  })

  it('of the other family than the local address are not tried', async () => {
    const { port } = await hostWith(underTls)
    const addresses: Address[] = [{ address: '::1', family: 6 }, at(1)]
    const { session, attempts } = await selectorFor([port], addresses, { localAddress: '127.0.0.1' }).openSession()
    expect(story(attempts)).toEqual(['127.0.0.1 used'])
    session.quit()
  })

  it('leave no connection open if the caller aborts while several are tried', async () => {
    const { port, servers } = await hostWith((peer) => peer.gone, (peer) => peer.gone)
    const selector = selectorFor([port], [at(1), at(2)], { timing: { attemptDelay: 5, preferenceGrace: NEVER } })
    await expectNoLeaks(async () => {
      const controller = new AbortController()
      const opening = errorOf(selector.openSession({ signal: controller.signal }))
      await servers[1]!.firstPeer
      controller.abort()
      expect(story((await opening).attempts)).toEqual(['127.0.0.1 failed aborted', '127.0.0.2 failed aborted'])
    })
  })
})

describe('the load', () => {
  it('is spread over the addresses of the host', async () => {
    const { port, servers } = await hostWith(underTls, underTls, underTls)
    const selector = selectorFor([port], [at(1), at(2), at(3)])
    for (let turn = 0; turn < 6; turn += 1) (await selector.openSession()).session.quit()
    expect(servers.map((server) => server!.peers.length)).toEqual([2, 2, 2])
  })

  it('avoids an address for a minute after a failure', async () => {
    const clock = new ManualClock()
    let isDown = true
    const { port, servers } = await hostWith((peer) => (isDown ? peer.reset() : underTls(peer)), underTls)
    const selector = selectorFor([port], [at(1), at(2)], { clock })
    const open = async () => (await selector.openSession()).session.quit()
    await open()
    isDown = false
    for (let turn = 0; turn < 4; turn += 1) await open()
    expect(servers.map((server) => server!.peers.length)).toEqual([1, 5])
    clock.advance(60_000)
    for (let turn = 0; turn < 4; turn += 1) await open()
    expect(servers.map((server) => server!.peers.length)).toEqual([3, 7])
  })
})
