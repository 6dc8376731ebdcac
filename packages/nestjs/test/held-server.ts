import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { SMTPServer } from 'smtp-server'

/** A server that takes messages and acknowledges them when it is told to. */
export interface HeldServer {
  /** For `settings`: without encryption, which loopback may go without. */
  readonly settings: { readonly host: string; readonly port: number; readonly security: 'none' }
  /** How many messages have come in to their last byte. */
  readonly received: () => number
  /** Resolves when that many have. */
  readonly until: (count: number) => Promise<void>
  /** Acknowledges what has come in, and from now on everything at once. */
  readonly release: () => void
  readonly connections: () => number
  close(): Promise<void>
}

export async function startHeldServer(): Promise<HeldServer> {
  const held: (() => void)[] = []
  const waiting = new Set<() => void>()
  let count = 0
  let released = false
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    onData(stream, _session, acknowledge) {
      stream.resume().once('end', () => {
        if (released) acknowledge()
        else held.push(acknowledge)
        count += 1
        for (const resolve of waiting) resolve()
        waiting.clear()
      })
    },
  })
  const until = async (wanted: number): Promise<void> => {
    if (count >= wanted) return
    await new Promise<void>((resolve) => waiting.add(resolve))
    await until(wanted)
  }
  // A client that is cut off is what some tests are about.
  server.on('error', () => {})
  server.listen(0, '127.0.0.1')
  await once(server.server, 'listening')
  return {
    settings: { host: '127.0.0.1', port: (server.server.address() as AddressInfo).port, security: 'none' },
    received: () => count,
    until,
    release: () => {
      released = true
      for (const acknowledge of held.splice(0)) acknowledge()
    },
    connections: () => server.connections.size,
    close: () => new Promise((resolve) => server.close(resolve)),
  }
}
