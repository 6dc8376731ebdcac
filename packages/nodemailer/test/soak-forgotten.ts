import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { createTransport, type Transporter } from '../src/index.ts'
import { drawMessages } from './soak-messages.ts'
import { bothModes, type Scene, type SceneContext } from './soak-scene.ts'
import { shortWaits } from './soak-timing.ts'

/** The blocked port is silent, and on a busy machine a working one may be slow. */
const waits = { selection: { ...shortWaits.selection, budgets: { connect: 2_000, greeting: 2_000, tls: 8_000, reply: 8_000 }, deadline: 30_000 } } as const

/** Milliseconds during which several background checks are due, each of which waits for the greeting. */
const SEVERAL_CHECKS = 2.5 * (waits.selection.recheck.max + waits.selection.budgets.greeting)

const AT_ONCE = 10

/** Transporters are created, used or not, and no longer referenced, without `close()`, while the best port is blocked. */
export const forgotten: Scene = {
  modes: bothModes,
  share: 0.1,
  async play(context) {
    const { ports, ledger } = context
    await ports.fault(587, 'silent')
    const sockets = watchSockets()
    try {
      const references = await makeAndForget(context, sockets)
      const left = await collect(references)
      if (left > 0) ledger.note(`${left} of ${references.length} transporters without a reference were not collected`)
      // The finalizer closes the connections of a collected transporter slightly later.
      await pause(100)
      const opened = sockets.opened
      await pause(SEVERAL_CHECKS)
      const more = sockets.opened - opened
      if (more > 0) ledger.note(`${more} connections in ${SEVERAL_CHECKS} ms by transporters without a reference`)
    } finally {
      sockets.stop()
    }
  },
}

/** A separate function, so that nothing it creates is referenced after it returns. */
async function makeAndForget({ draw, provider, ledger, messages, pool, met }: SceneContext, sockets: Sockets): Promise<WeakRef<Transporter>[]> {
  const uses: Readonly<Record<string, (mailer: Transporter, index: number) => Promise<unknown>>> = {
    'made, and not used': async () => {},
    'used for one message': (mailer, index) => ledger.send(mailer, drawMessages(draw, 1, `Forgotten ${index}, message`)[0]!),
    'used for several': (mailer, index) => ledger.sendAll(mailer, drawMessages(draw, 4, `Forgotten ${index}, message`)),
    verified: (mailer) => mailer.verify().catch((error: unknown) => ledger.note(`verify() rejects with ${String(error)}`)),
    'asked for its health': (mailer) => mailer.health(),
  }
  const names = Object.keys(uses)
  const mailers = Array.from({ length: messages }, () => createTransport(provider.settings, { pool, ...waits }))
  const left = mailers.entries()
  const work = async () => {
    for (const [index, mailer] of left) {
      const name = names[index % names.length]!
      met(name)
      await uses[name]!(mailer, index)
    }
  }
  // A few at a time, because all handshakes together would exceed the timeouts.
  await Promise.all(Array.from({ length: AT_ONCE }, work))
  // The used transporters are on a fallback now, and check whether 587 has recovered: one check for all of them.
  sockets.watch(provider.ports[587])
  await pause(SEVERAL_CHECKS)
  const { most } = sockets
  if (most > 1) ledger.note(`${most} background checks at a time for one host and login, by ${mailers.length} transporters`)
  return mailers.map((mailer) => new WeakRef(mailer))
}

/** Collects garbage until no transporter is left, for a few seconds at most. Returns how many are left. */
async function collect(references: readonly WeakRef<object>[]): Promise<number> {
  setFlagsFromString('--expose-gc')
  const gc = runInNewContext('gc') as () => void
  let left = references.length
  for (let turn = 0; turn < 200 && left > 0; turn += 1) {
    // Running checks end, idle connections close, timers fire.
    await pause(50)
    gc()
    left = references.filter((reference) => reference.deref() !== undefined).length
  }
  return left
}

interface Sockets {
  /** How many client connections this process has opened. */
  readonly opened: number
  /** The maximum number of simultaneous connections to the watched port. */
  readonly most: number
  /** Counts new connections to this port; open ones are not counted. */
  watch(port: number): void
  stop(): void
}

function watchSockets(): Sockets {
  let opened = 0
  let watched = 0
  let most = 0
  const open = new Set<Socket>()
  const listen = (message: unknown) => {
    opened += 1
    const { socket } = message as { readonly socket: Socket }
    socket.once('connect', () => {
      if (socket.remotePort !== watched) return
      open.add(socket)
      // The event of a destroyed connection may be emitted after the next one has connected.
      for (const other of open) if (other.destroyed) open.delete(other)
      most = Math.max(most, open.size)
    })
  }
  subscribe('net.client.socket', listen)
  return {
    get opened() {
      return opened
    },
    get most() {
      return most
    },
    watch: (port) => void (watched = port),
    stop: () => void unsubscribe('net.client.socket', listen),
  }
}
