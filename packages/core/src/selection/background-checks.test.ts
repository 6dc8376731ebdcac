import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { ca, trusted } from '../../test/certificates.ts'
import { deferred } from '../../test/deferred.ts'
import { ManualClock } from '../../test/manual-clock.ts'
import { type Peer, type Script, type ScriptedServer, serve, upToTls } from '../../test/scripted-server.ts'
import type { SmtpSettings } from '../settings/settings.ts'
import { createEndpointSelector, type EndpointSelector } from './selector.ts'

let clock: ManualClock
let selectors: EndpointSelector[]
beforeEach(() => {
  clock = new ManualClock()
  selectors = []
})
afterEach(() => {
  for (const selector of selectors) selector.close()
})

const HOUR = 3_600_000
const auth = { user: 'ada', pass: 'hunter2' }

const healthy: Script = async (peer) => {
  await upToTls(peer)
  await peer.secure(trusted)
  for (;;) if ((await peer.hear()).startsWith('EHLO')) peer.say('250-mail.example.com\r\n250 AUTH PLAIN\r\n')
}

async function listen(script: Script): Promise<ScriptedServer> {
  const server = await serve(script)
  onTestFinished(() => server[Symbol.asyncDispose]())
  return server
}

function closed(peer: Peer): void {
  peer.reset()
}

/** The best port, initially closed, and a lower one that works. */
async function provider() {
  let script: Script = closed
  const best = await listen((peer) => script(peer))
  const lower = await listen(healthy)
  return { best, lower, setBest: (next: Script) => (script = next) }
}

/** A selector that has fallen back to the lower port, with its session closed. */
async function fallen({ best, lower }: { best: ScriptedServer; lower: ScriptedServer }, more: Partial<SmtpSettings> = {}): Promise<EndpointSelector> {
  const candidates = [best, lower].map(({ port }) => ({ port, security: 'starttls' as const }))
  const settings = { host: '127.0.0.1', tls: { ca }, auth, candidates, ...more }
  const selector = createEndpointSelector(settings, { clock, timing: { attemptDelay: HOUR, preferenceGrace: HOUR } })
  const { session } = await selector.openSession()
  session.quit()
  return selector
}

async function fallenOnes(count: number, servers: { best: ScriptedServer; lower: ScriptedServer }): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) selectors.push(await fallen(servers))
}

/** Waits until pending work in this process has finished. */
async function turns(count = 50): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve))
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve))
}

describe('the background checks of many selectors', () => {
  it('are shared if a check finds nothing', async () => {
    const servers = await provider()
    await fallenOnes(20, servers)
    expect(servers.best.peers).toHaveLength(20)
    clock.advance(60_000)
    await until(() => clock.waits.length === 20)
    expect(servers.best.peers).toHaveLength(21)
    expect(new Set(clock.waits)).toEqual(new Set([120_000]))
  })

  it('are made one after the other if a rung works, and all selectors return to it', async () => {
    const servers = await provider()
    await fallenOnes(10, servers)
    let [open, most] = [0, 0]
    servers.setBest(async (peer) => {
      open += 1
      most = Math.max(most, open)
      void peer.gone.then(() => (open -= 1))
      await healthy(peer)
    })
    clock.advance(60_000)
    await until(() => selectors.every(({ endpoint }) => endpoint?.port === servers.best.port))
    expect(servers.best.peers).toHaveLength(20)
    expect(clock.waits).toEqual([])
    // A connection may still be closing when the next one is there.
    expect(most).toBeLessThanOrEqual(2)
  })

  it('wait for the one in progress, without blocking anything else', async () => {
    const servers = await provider()
    await fallenOnes(5, servers)
    const answer = deferred()
    servers.setBest(async (peer) => {
      await answer.promise
      peer.reset()
    })
    clock.advance(60_000)
    await until(() => servers.best.peers.length > 5)
    const { session } = await selectors[3]!.openSession()
    session.quit()
    await turns()
    expect(servers.best.peers).toHaveLength(6)
    answer.resolve()
    await until(() => clock.waits.length === 5)
    expect(servers.best.peers).toHaveLength(6)
  })

  it('are made by a selector with a different ladder', async () => {
    const [servers, others] = [await provider(), await provider()]
    selectors.push(await fallen(servers), await fallen(others))
    clock.advance(60_000)
    await until(() => clock.waits.length === 2)
    expect([servers.best.peers.length, others.best.peers.length]).toEqual([2, 2])
  })

  it('run in parallel for different credentials', async () => {
    const servers = await provider()
    const answer = deferred()
    selectors.push(await fallen(servers), await fallen(servers, { auth: { ...auth, pass: 'other' } }))
    servers.setBest(async (peer) => {
      await answer.promise
      peer.reset()
    })
    clock.advance(60_000)
    await until(() => servers.best.peers.length === 4)
    expect(clock.waits).toEqual([])
    answer.resolve()
    await until(() => clock.waits.length === 2)
  })

  it('end for a selector that is closed while it waits', async () => {
    const servers = await provider()
    await fallenOnes(2, servers)
    const answer = deferred()
    servers.setBest(async (peer) => {
      await answer.promise
      await healthy(peer)
    })
    clock.advance(60_000)
    await until(() => servers.best.peers.length === 3)
    selectors[1]!.close()
    answer.resolve()
    await until(() => selectors[0]!.endpoint?.port === servers.best.port)
    await turns()
    expect(servers.best.peers).toHaveLength(3)
    expect(selectors[1]!.endpoint?.port).toBe(servers.lower.port)
  })

  it('do not affect messages at the same time', async () => {
    const servers = await provider()
    await fallenOnes(3, servers)
    servers.setBest(healthy)
    clock.advance(60_000)
    const opened = await Promise.all(selectors.flatMap((selector) => [selector.openSession(), selector.openSession()]))
    for (const { session } of opened) expect([servers.best.port, servers.lower.port]).toContain(session.endpoint.port)
    await until(() => selectors.every(({ endpoint }) => endpoint?.port === servers.best.port))
    await turns()
    // A session from before the return does not undo it.
    expect(selectors.map(({ endpoint }) => endpoint?.port)).toEqual(selectors.map(() => servers.best.port))
    for (const { session } of opened) session.quit()
  })
})

async function forgotten(count: number, servers: { best: ScriptedServer; lower: ScriptedServer }): Promise<WeakRef<EndpointSelector>[]> {
  const weak: WeakRef<EndpointSelector>[] = []
  for (let turn = 0; turn < count; turn += 1) {
    const selector = await fallen(servers)
    selector.on('recovered', () => selector.state())
    weak.push(new WeakRef(selector))
  }
  return weak
}

describe('selectors that are no longer referenced', () => {
  setFlagsFromString('--expose-gc')
  const gc = runInNewContext('gc') as () => void

  it('are garbage collected without close(), and make no more connections', async () => {
    const servers = await provider()
    const weak = await forgotten(300, servers)
    await Promise.all(servers.lower.peers.map((peer: Peer) => peer.gone))
    while (weak.some((one) => one.deref() !== undefined)) {
      await turns(5)
      gc()
    }
    const before = servers.best.peers.length
    expect(clock.waits).toHaveLength(300)
    clock.advance(HOUR)
    await turns()
    expect(servers.best.peers).toHaveLength(before)
    // Their timers are not set again.
    expect(clock.waits).toEqual([])
  })

  it('are garbage collected while they wait for the check of another one', async () => {
    const servers = await provider()
    selectors.push(await fallen(servers))
    const answer = deferred()
    servers.setBest(async (peer) => {
      await answer.promise
      await healthy(peer)
    })
    clock.advance(60_000)
    await until(() => servers.best.peers.length === 2)
    servers.setBest(closed)
    const weak = await forgotten(20, servers)
    clock.advance(60_000)
    const before = servers.best.peers.length
    while (weak.some((one) => one.deref() !== undefined)) {
      await turns(5)
      gc()
    }
    answer.resolve()
    await until(() => selectors[0]!.endpoint?.port === servers.best.port)
    await turns()
    // The last timers have no selector any more.
    clock.advance(HOUR)
    await turns()
    expect(servers.best.peers).toHaveLength(before)
    expect(clock.waits).toEqual([])
  })
})
