import { expect, it, onTestFinished } from 'vitest'
import { ca, trusted } from '../../test/certificates.ts'
import { expectNoLeaks } from '../../test/expect-no-leaks.ts'
import { type Peer, serve, upToTls } from '../../test/scripted-server.ts'
import { systemClock } from '../clock.ts'
import { defaultBudgets } from '../smtp/budgets.ts'
import { Cancellation } from '../smtp/cancellation.ts'
import type { SessionOptions } from '../smtp/session-options.ts'
import { RungAttempt, type RungListener } from './rung-attempt.ts'

const NEVER = 3_600_000

const sessionOptions: SessionOptions = {
  settings: { host: '127.0.0.1', tls: { ca } },
  budgets: defaultBudgets,
  clock: systemClock,
  locale: 'en',
  signal: new Cancellation(),
  resolve: async () => [{ address: '127.0.0.1', family: 4 }],
}

async function secured(peer: Peer): Promise<void> {
  await upToTls(peer)
  await peer.secure(trusted)
  await peer.gone
}

function attemptAt(port: number, session: Partial<SessionOptions>, listener: Partial<RungListener>): RungAttempt {
  const endpoint = { host: '127.0.0.1', port, security: 'starttls' as const }
  const options = { session: { ...sessionOptions, ...session }, addressDelay: NEVER, addressGrace: NEVER }
  return new RungAttempt(endpoint, options, { changed: () => {}, broken: () => expect.unreachable('it broke'), ...listener })
}

it('leaks nothing if it is stopped between the handshake and the next wait', async () => {
  const server = await serve(secured)
  onTestFinished(() => server[Symbol.asyncDispose]())
  await expectNoLeaks(async () => {
    // The clock is read at the end of the handshake.
    const stopping = (): number => {
      attempt.stop()
      return Date.now()
    }
    const attempt = attemptAt(server.port, { clock: { ...systemClock, now: stopping } }, {})
    attempt.start()
    await server.firstPeer
    await server.quiet()
    await attempt.atRest()
    expect(attempt.state).toBe('stopped')
    expect(attempt.attempts('cancelled')).toMatchObject([{ outcome: 'cancelled' }])
  })
})

it('is ready after TLS, without another command, if there is no further test', async () => {
  const server = await serve(secured)
  onTestFinished(() => server[Symbol.asyncDispose]())
  const attempt = await new Promise<RungAttempt>((resolve) => {
    attemptAt(server.port, {}, { changed: (rung) => rung.state === 'ready' && resolve(rung) }).start()
  })
  expect(attempt.attempts('used')).toMatchObject([{ outcome: 'used', address: '127.0.0.1', stage: 'tls' }])
  const socket = attempt.handOut().release()
  attempt.stop()
  expect(socket.destroyed).toBe(false)
  expect(server.peers[0]?.secret).toBe('')
  socket.destroy()
})
