import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { SMTPServer } from 'smtp-server'

/** An SMTP server that holds back the reply to each message until `release`. */
export interface HeldServer {
  /** Settings without encryption, which are allowed on loopback. */
  readonly settings: { readonly host: string; readonly port: number; readonly security: 'none' }
  /** How many complete messages were received. */
  readonly received: () => number
  /** Resolves once `count` complete messages were received. */
  readonly waitForMessages: (count: number) => Promise<void>
  /** Acknowledges all messages, now and later. */
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
  const waitForMessages = async (wanted: number): Promise<void> => {
    if (count >= wanted) return
    await new Promise<void>((resolve) => waiting.add(resolve))
    await waitForMessages(wanted)
  }
  // Some tests abort their connections.
  server.on('error', () => {})
  server.listen(0, '127.0.0.1')
  await once(server.server, 'listening')
  return {
    settings: { host: '127.0.0.1', port: (server.server.address() as AddressInfo).port, security: 'none' },
    received: () => count,
    waitForMessages,
    release: () => {
      released = true
      for (const acknowledge of held.splice(0)) acknowledge()
    },
    connections: () => server.connections.size,
    close: () => new Promise((resolve) => server.close(resolve)),
  }
}
