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

/** Addresses of this machine, of whichever family a test wants to call them. */
const at = (last: number, family: 4 | 6 = 4): Address => ({ address: `127.0.0.${last}`, family })
/** The broadcast address: no TCP connection leads there. */
const nowhere: Address = { address: '255.255.255.255', family: 4 }

/** As good as never: the next address starts because one failed, or not at all. */
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

/** A port that is free on every address, as nothing but this test knows of it. */
async function freePort(): Promise<number> {
  await using server = await serve(() => {})
  return server.port
}

/** Each black hole is held by two connections of this process. */
const HELD = 2

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

describe('the first address to connect', () => {
  it('wins over a silent one before it, which is given up', async () => {
    const server = await serverAt(1)
    await silentAt(2, server.port)
    const address = await expectNoLeaks(async () => {
      const address = await connected(firstToConnect([at(2), at(1)], server.port, patient, { attemptDelay: 1 }))
      await server.quiet()
      return address
    }, HELD)
    expect(address).toBe('127.0.0.1')
  })

  it('may be one that was started long before the others, and is far away', async () => {
    const port = await freePort()
    const far = await silentAt(2, port)
    await silentAt(3, port)
    const address = await expectNoLeaks(async () => {
      // One refuses at once, another is silent, and all have started when the far one begins to answer.
      const connecting = connected(firstToConnect([at(2), at(4, 6), at(3)], port, patient, { attemptDelay: 1 }))
      await new Promise((resolve) => setImmediate(resolve))
      far.wake()
      return await connecting
    }, 2 * HELD)
    expect(address).toBe('127.0.0.2')
  })

  it('is the next one at once where one is refused', async () => {
    const server = await serverAt(1)
    const address = await expectNoLeaks(() => connected(firstToConnect([at(2), at(3), nowhere, at(1)], server.port, patient, { attemptDelay: NEVER })))
    expect(address).toBe('127.0.0.1')
  })

  it('is looked for in both families in turn, beginning with that of the first address', async () => {
    const server = await serverAt(6)
    const second = await serverAt(3, server.port)
    // 2 refuses, and then it is not 3 that is next.
    expect(await connected(firstToConnect([at(2), at(3), at(6, 6)], server.port, patient, { attemptDelay: NEVER }))).toBe('127.0.0.6')
    expect(await connected(firstToConnect([at(2, 6), at(4, 6), at(3), at(6, 6)], server.port, patient, { attemptDelay: NEVER }))).toBe('127.0.0.3')
    expect(await connected(firstToConnect([at(2), at(4), at(5), at(6)], server.port, patient, { attemptDelay: NEVER }))).toBe('127.0.0.6')
    expect([server.peers.length, second.peers.length]).toEqual([2, 1])
  })

  it('is left alone by the others: none is tried once it has answered', async () => {
    const server = await serverAt(1)
    const spare = await serverAt(2, server.port)
    await expectNoLeaks(() => connected(firstToConnect([at(1), at(2)], server.port, patient, { attemptDelay: NEVER })))
    expect(spare.peers).toEqual([])
  })

  it('is handed over without a listener of ours, once its owner listens for errors', async () => {
    const server = await serverAt(1)
    const socket = await firstToConnect([at(1)], server.port, patient)
    const heard = once(socket, 'error')
    expect(['connect', 'error', 'close', 'newListener'].map((event) => socket.listenerCount(event))).toEqual([0, 1, 0, 0])
    const peer = await server.firstPeer
    peer.reset()
    expect(await heard).toMatchObject([{ code: 'ECONNRESET' }])
  })

  it('may be reset before anybody listens', async () => {
    const server = await serverAt(1)
    const socket = await firstToConnect([at(1)], server.port, patient)
    const peer = await server.firstPeer
    peer.reset()
    // A listener for the end is none for errors.
    await new Promise((resolve) => socket.once('close', resolve))
    expect(socket.errored).toMatchObject({ code: 'ECONNRESET' })
  })
})

describe('when no address connects, the failure', () => {
  it.each<[code: string, what: string, addresses: Address[]]>([
    ['connect-refused', 'all refuse', [at(2), at(3, 6)]],
    ['connect-refused', 'one refuses and one is silent', [at(2), at(9)]],
    ['connect-refused', 'one is silent and one refuses', [at(9), at(2, 6)]],
    ['connect-refused', 'one leads nowhere and one refuses', [nowhere, at(2)]],
    ['connect-timeout', 'one is silent', [at(9)]],
    ['connect-timeout', 'one is silent and one leads nowhere', [at(9), nowhere]],
    ['network-unreachable', 'all lead nowhere', [nowhere, nowhere]],
    ['network-unreachable', 'there is none', []],
  ])('is %s where %s', async (code, _what, addresses) => {
    const port = await freePort()
    await silentAt(9, port)
    const facts = await expectNoLeaks(() => failureOf(firstToConnect(addresses, port, brief, { attemptDelay: 1 })), HELD)
    expect(facts.code).toBe(code)
  })

  it.each([
    ['aborted', new Error('no longer wanted')],
    ['deadline', new DeadlineReached(1_000)],
    ['connect-timeout', SUPERSEDED],
  ])('is %s after an abort, though one address has refused', async (code, reason) => {
    const port = await freePort()
    await silentAt(9, port)
    await silentAt(8, port)
    const controller = new AbortController()
    const facts = await expectNoLeaks(async () => {
      const failure = failureOf(firstToConnect([at(2), at(9), at(8)], port, { ...patient, signal: controller.signal }, { attemptDelay: 1 }))
      // Refused, and the next two under way.
      const before = 2 * HELD
      while (process.getActiveResourcesInfo().filter((kind) => kind.includes('TCPSocket')).length < before + 2) {
        await new Promise((resolve) => setImmediate(resolve))
      }
      controller.abort(reason)
      return await failure
    }, 2 * HELD)
    expect(facts.code).toBe(code)
  })
})

const held = () => process.getActiveResourcesInfo().filter((kind) => /TCPSocket|Timeout/.test(kind)).toSorted()

it('in the background holds the process open neither by its sockets nor by its timer', async () => {
  const port = await freePort()
  await silentAt(9, port)
  const controller = new AbortController()
  const before = held()
  const failure = failureOf(firstToConnect([at(9), at(9)], port, { ...patient, signal: controller.signal, background: true }, { attemptDelay: NEVER }))
  expect(held()).toEqual(before)
  controller.abort()
  expect((await failure).code).toBe('aborted')
})
