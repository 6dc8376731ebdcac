import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { createTransport, type Transporter } from '../src/index.ts'
import { drawMessages } from './soak-messages.ts'
import { bothModes, type Scene, type SceneContext } from './soak-scene.ts'
import { shortWaits } from './soak-timing.ts'

/** The blocked port says nothing, and a good one may be slow to answer on a busy machine. */
const waits = { selection: { ...shortWaits.selection, budgets: { connect: 2_000, greeting: 2_000, tls: 8_000, reply: 8_000 }, deadline: 30_000 } } as const

/** Milliseconds in which several background checks are due, each of which waits for the greeting. */
const SEVERAL_CHECKS = 2.5 * (waits.selection.recheck.max + waits.selection.budgets.greeting)

const AT_ONCE = 10

/** Transporters are made, used or not, and dropped without `close()` while the best port is blocked. */
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
      // The connections of a collected transporter are closed by its finalizer, a little later.
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

/** In a function of its own, so that nothing it makes can be reached after it returns. */
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
  // Some at a time: all the handshakes together take this process longer than the waits.
  await Promise.all(Array.from({ length: AT_ONCE }, work))
  // Those that were used are on a fallback now, and check whether 587 is back: one check for all of them.
  sockets.watch(provider.ports[587])
  await pause(SEVERAL_CHECKS)
  const { most } = sockets
  if (most > 1) ledger.note(`${most} background checks at a time for one host and login, by ${mailers.length} transporters`)
  return mailers.map((mailer) => new WeakRef(mailer))
}

/** Collects garbage until none is left, for some seconds at most. Returns how many are. */
async function collect(references: readonly WeakRef<object>[]): Promise<number> {
  setFlagsFromString('--expose-gc')
  const gc = runInNewContext('gc') as () => void
  let left = references.length
  for (let turn = 0; turn < 200 && left > 0; turn += 1) {
    // Checks under way end, idle connections close, timers fire.
    await pause(50)
    gc()
    left = references.filter((reference) => reference.deref() !== undefined).length
  }
  return left
}

interface Sockets {
  /** How many client connections this process has begun. */
  readonly opened: number
  /** How many to the watched port were open at the same time, at most. */
  readonly most: number
  /** Counts the connections to this port from now on; those that are open are not counted. */
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
      // The event of one that was destroyed may come after the next has connected.
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
