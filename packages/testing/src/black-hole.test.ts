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
  it('never answers the first packet of any connection', async () => {
    const sockets = [knock(), knock(), knock(), knock()]
    await Promise.all(sockets.map((socket) => once(socket, 'sent')))

    expect(await Promise.all(sockets.map(tcpState))).toEqual(Array(4).fill('SYN_SENT'))
    expect(sockets.map((socket) => socket.connecting)).toEqual(Array(4).fill(true))
    for (const socket of sockets) socket.destroy()
  })

  it('takes nothing from the other ports', async () => {
    await send(provider, 2525)
    expect(provider.connections).toEqual({ 25: 0, 465: 0, 587: 0, 2525: 1 })
  })

  it('lets a connection through that is still trying when the port heals', async () => {
    const socket = knock()
    await once(socket, 'sent')

    await provider.heal(587)

    // The system repeats the first packet after a second, as it does after every loss.
    await once(socket, 'connect')
    expect(await once(socket, 'data')).toMatchObject([expect.any(Buffer)])
    socket.destroy()
  })

  it('opens where others are at the door already, and take the places in its queue', async () => {
    await provider.fault(587, 'refuse')
    const eager = new Set<Socket>()
    let over = false
    // Each tries again as soon as it is refused.
    const insist = () => {
      if (over) return
      const socket = connect(provider.ports[587], provider.host).on('error', insist)
      eager.add(socket.on('close', () => eager.delete(socket)))
    }
    for (let count = 0; count < 4; count += 1) insist()

    await provider.fault(587, 'black-hole')

    over = true
    for (const socket of eager) socket.destroy()
    const socket = knock()
    await once(socket, 'sent')
    expect(await tcpState(socket)).toBe('SYN_SENT')
    socket.destroy()
  })

  it('leaves no thread and no socket behind when the provider closes, even with clients still hanging', async () => {
    const socket = knock()
    await once(socket, 'sent')

    await provider.close()
    socket.destroy()
    await once(socket, 'close')

    expect(process.getActiveResourcesInfo().filter((name) => /MessagePort|Worker|TCP/.test(name))).toEqual([])
  })
})

/** Emits `sent` once the first packet is on its way. */
function knock(): Socket {
  const socket = connect(provider.ports[587], provider.host)
  socket.on('error', () => {})
  setImmediate(() => socket.emit('sent'))
  return socket
}

/** What Linux thinks of a socket, whatever Node does. */
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
