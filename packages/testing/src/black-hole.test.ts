import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { send } from '../test/send.ts'
import { type Provider, startProvider } from './index.ts'

let provider: Provider

beforeEach(async () => {
  provider = await startProvider({ faults: { 587: 'black-hole' } })
})
afterEach(() => provider.close())

describe('a black hole', () => {
  it('never answers a SYN', async () => {
    const sockets = [openConnection(), openConnection(), openConnection(), openConnection()]
    await Promise.all(sockets.map((socket) => once(socket, 'sent')))

    expect(await Promise.all(sockets.map(tcpState))).toEqual(Array(4).fill('SYN_SENT'))
    expect(sockets.map((socket) => socket.connecting)).toEqual(Array(4).fill(true))
    for (const socket of sockets) socket.destroy()
  })

  it('does not affect the other ports', async () => {
    await send(provider, 2525)
    expect(provider.connections).toEqual({ 25: 0, 465: 0, 587: 0, 2525: 1 })
  })

  it('completes a pending connection after the port is healed', async () => {
    const socket = openConnection()
    await once(socket, 'sent')

    await provider.heal(587)

    // The system retransmits the SYN after one second.
    await once(socket, 'connect')
    expect(await once(socket, 'data')).toMatchObject([expect.any(Buffer)])
    socket.destroy()
  })

  it('opens while other clients connect and fill its queue', async () => {
    await provider.fault(587, 'refuse')
    const sockets = new Set<Socket>()
    let stopped = false
    // Each client reconnects as soon as it is refused.
    const reconnect = () => {
      if (stopped) return
      const socket = connect(provider.ports[587], provider.host).on('error', reconnect)
      sockets.add(socket.on('close', () => sockets.delete(socket)))
    }
    for (let count = 0; count < 4; count += 1) reconnect()

    await provider.fault(587, 'black-hole')

    stopped = true
    for (const socket of sockets) socket.destroy()
    const socket = openConnection()
    await once(socket, 'sent')
    expect(await tcpState(socket)).toBe('SYN_SENT')
    socket.destroy()
  })

  it('leaves no thread and no socket when the provider closes with pending clients', async () => {
    const socket = openConnection()
    await once(socket, 'sent')

    await provider.close()
    socket.destroy()
    await once(socket, 'close')

    expect(process.getActiveResourcesInfo().filter((name) => /MessagePort|Worker|TCP/.test(name))).toEqual([])
  })
})

/** Emits `sent` after the SYN was sent. */
function openConnection(): Socket {
  const socket = connect(provider.ports[587], provider.host)
  socket.on('error', () => {})
  setImmediate(() => socket.emit('sent'))
  return socket
}

/** The state of a socket in Linux, which Node does not expose. */
async function tcpState(socket: Socket): Promise<string> {
  const table = await readFile('/proc/net/tcp', 'utf8')
  const { localPort = 0 } = socket
  const ends = new RegExp(`:${hex(localPort)} .*:${hex(provider.ports[587])} `)
  const row = table.split('\n').find((line) => ends.test(line))
  return { '01': 'ESTABLISHED', '02': 'SYN_SENT' }[row?.trim().split(/\s+/)[3] ?? ''] ?? `unknown: ${row}`
}

function hex(port: number): string {
  return port.toString(16).toUpperCase().padStart(4, '0')
}
