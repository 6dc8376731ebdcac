import { once } from 'node:events'
import type { Socket } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type BlackHole, openBlackHole } from '../../../testing/src/black-hole.ts'
import { expectNoLeaks } from '../../test/expect-no-leaks.ts'
import { type ScriptedServer, serve } from '../../test/scripted-server.ts'
import type { SmtpError } from '../failure/smtp-error.ts'
import { type Bounds, DeadlineReached, SUPERSEDED } from './bounded.ts'
import { firstToConnect } from './first-to-connect.ts'
import type { Address } from './resolve.ts'

/** A loopback address, declared with either family. */
const at = (last: number, family: 4 | 6 = 4): Address => ({ address: `127.0.0.${last}`, family })
/** The broadcast address, to which TCP cannot connect. */
const unreachable: Address = { address: '255.255.255.255', family: 4 }

/** So long that the next address starts only if one fails. */
const NEVER = 3_600_000

const patient: Bounds = { ms: 50_000, timeout: 'connect-timeout', signal: new AbortController().signal }
const brief: Bounds = { ...patient, ms: 100 }

async function silentAt(last: number, port: number): Promise<BlackHole> {
  const hole = await openBlackHole(port, `127.0.0.${last}`)
  onTestFinished(() => hole.close())
  return hole
}

async function serverAt(last: number, port = 0): Promise<ScriptedServer> {
  const server = await serve(() => {}, `127.0.0.${last}`, port)
  onTestFinished(() => server[Symbol.asyncDispose]())
  return server
}

/** A port that is free on every loopback address. */
async function freePort(): Promise<number> {
  await using server = await serve(() => {})
  return server.port
}

/** Connections of this process that each black hole uses. */
const PER_BLACK_HOLE = 2

async function connected(socket: Promise<Socket>): Promise<string | undefined> {
  const opened = await socket
  const { remoteAddress } = opened
  opened.destroy()
  return remoteAddress
}

const failureOf = (connecting: Promise<Socket>) =>
  connecting.then(
    () => expect.unreachable('it connected'),
    (error: unknown) => (error as SmtpError).facts,
  )

describe('firstToConnect()', () => {
  it('returns a later address if an earlier one does not respond, and closes the earlier one', async () => {
    const server = await serverAt(1)
    await silentAt(2, server.port)
    const address = await expectNoLeaks(async () => {
      const address = await connected(firstToConnect([at(2), at(1)], server.port, patient, { attemptDelay: 1 }))
      await server.quiet()
      return address
    }, PER_BLACK_HOLE)
    expect(address).toBe('127.0.0.1')
  })

  it('returns an earlier address that responds late, after all others were started', async () => {
    const port = await freePort()
    const far = await silentAt(2, port)
    await silentAt(3, port)
    const address = await expectNoLeaks(async () => {
      // One address refuses at once, one is silent, and all attempts have started when the distant one responds.
      const connecting = connected(firstToConnect([at(2), at(4, 6), at(3)], port, patient, { attemptDelay: 1 }))
      await new Promise((resolve) => setImmediate(resolve))
      far.wake()
      return await connecting
    }, 2 * PER_BLACK_HOLE)
    expect(address).toBe('127.0.0.2')
  })

  it('tries the next address at once if one refuses', async () => {
    const server = await serverAt(1)
    const address = await expectNoLeaks(() => connected(firstToConnect([at(2), at(3), unreachable, at(1)], server.port, patient, { attemptDelay: NEVER })))
    expect(address).toBe('127.0.0.1')
  })

  it('alternates between the families, starting with that of the first address', async () => {
    const server = await serverAt(6)
    const second = await serverAt(3, server.port)
    // After 2 refuses, 6 is next, because it is of the other family.
    expect(await connected(firstToConnect([at(2), at(3), at(6, 6)], server.port, patient, { attemptDelay: NEVER }))).toBe('127.0.0.6')
    expect(await connected(firstToConnect([at(2, 6), at(4, 6), at(3), at(6, 6)], server.port, patient, { attemptDelay: NEVER }))).toBe('127.0.0.3')
    expect(await connected(firstToConnect([at(2), at(4), at(5), at(6)], server.port, patient, { attemptDelay: NEVER }))).toBe('127.0.0.6')
    expect([server.peers.length, second.peers.length]).toEqual([2, 1])
  })

  it('tries no further address once one has connected', async () => {
    const server = await serverAt(1)
    const spare = await serverAt(2, server.port)
    await expectNoLeaks(() => connected(firstToConnect([at(1), at(2)], server.port, patient, { attemptDelay: NEVER })))
    expect(spare.peers).toEqual([])
  })

  it('leaves no listener of its own on the socket once the owner listens for errors', async () => {
    const server = await serverAt(1)
    const socket = await firstToConnect([at(1)], server.port, patient)
    const errorEvent = once(socket, 'error')
    expect(['connect', 'error', 'close', 'newListener'].map((event) => socket.listenerCount(event))).toEqual([0, 1, 0, 0])
    const peer = await server.firstPeer
    peer.reset()
    expect(await errorEvent).toMatchObject([{ code: 'ECONNRESET' }])
  })

  it('returns a socket that may be reset before the owner listens for errors', async () => {
    const server = await serverAt(1)
    const socket = await firstToConnect([at(1)], server.port, patient)
    const peer = await server.firstPeer
    peer.reset()
    // A `close` listener does not handle errors.
    await new Promise((resolve) => socket.once('close', resolve))
    expect(socket.errored).toMatchObject({ code: 'ECONNRESET' })
  })
})

describe('when no address connects, the failure', () => {
  it.each<[code: string, what: string, addresses: Address[]]>([
    ['connect-refused', 'all refuse', [at(2), at(3, 6)]],
    ['connect-refused', 'one refuses and one is silent', [at(2), at(9)]],
    ['connect-refused', 'one is silent and one refuses', [at(9), at(2, 6)]],
    ['connect-refused', 'one is unreachable and one refuses', [unreachable, at(2)]],
    ['connect-timeout', 'one is silent', [at(9)]],
    ['connect-timeout', 'one is silent and one is unreachable', [at(9), unreachable]],
    ['network-unreachable', 'all are unreachable', [unreachable, unreachable]],
    ['network-unreachable', 'there is no address', []],
  ])('is %s if %s', async (code, _what, addresses) => {
    const port = await freePort()
    await silentAt(9, port)
    const facts = await expectNoLeaks(() => failureOf(firstToConnect(addresses, port, brief, { attemptDelay: 1 })), PER_BLACK_HOLE)
    expect(facts.code).toBe(code)
  })

  it.each([
    ['aborted', new Error('no longer wanted')],
    ['deadline', new DeadlineReached(1_000)],
    ['connect-timeout', SUPERSEDED],
  ])('is %s after an abort, even if one address has refused', async (code, reason) => {
    const port = await freePort()
    await silentAt(9, port)
    await silentAt(8, port)
    const controller = new AbortController()
    const facts = await expectNoLeaks(async () => {
      const failure = failureOf(firstToConnect([at(2), at(9), at(8)], port, { ...patient, signal: controller.signal }, { attemptDelay: 1 }))
      // Wait until one has refused and the next two are connecting.
      const before = 2 * PER_BLACK_HOLE
      while (process.getActiveResourcesInfo().filter((kind) => kind.includes('TCPSocket')).length < before + 2) {
        await new Promise((resolve) => setImmediate(resolve))
      }
      controller.abort(reason)
      return await failure
    }, 2 * PER_BLACK_HOLE)
    expect(facts.code).toBe(code)
  })
})

const activeResources = () => process.getActiveResourcesInfo().filter((kind) => /TCPSocket|Timeout/.test(kind)).toSorted()

it('with `background`, neither its sockets nor its timer keep the process alive', async () => {
  const port = await freePort()
  await silentAt(9, port)
  const controller = new AbortController()
  const before = activeResources()
  const failure = failureOf(firstToConnect([at(9), at(9)], port, { ...patient, signal: controller.signal, background: true }, { attemptDelay: NEVER }))
  expect(activeResources()).toEqual(before)
  controller.abort()
  expect((await failure).code).toBe('aborted')
})
