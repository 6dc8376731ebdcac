import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { Duplex } from 'node:stream'
import { describe, expect, it, onTestFinished } from 'vitest'
import { ca, trusted } from '../../test/certificates.ts'
import { type Peer, type Script, serve } from '../../test/scripted-server.ts'
import type { Bounds } from './bounded.ts'
import { type Handshake, type HandshakeOptions, startTls } from './start-tls.ts'
import { Wire } from './wire.ts'

const unseen: HandshakeOptions = { withChain: false, roundTrip: 0, onHandshake: () => {} }
const bounds: Bounds = { ms: 50_000, timeout: 'reply-timeout', signal: new AbortController().signal }

async function connectedTo(script: Script): Promise<{ readonly wire: Wire; readonly socket: Socket; readonly peer: Peer }> {
  const server = await serve(script)
  onTestFinished(() => server[Symbol.asyncDispose]())
  const socket = connect({ port: server.port, host: '127.0.0.1' })
  await once(socket, 'connect')
  return { wire: new Wire(socket), socket, peer: await server.firstPeer }
}

/** Resolves once a socket is gone, without listening for its error as `once` of node:events would. */
const closed = (socket: Socket) => new Promise<void>((resolve) => void socket.once('close', () => resolve()))

describe('a socket that is let go of', () => {
  it('is handed over with the bytes that nobody has read', async () => {
    const { wire } = await connectedTo((peer) => peer.say('220 one\r\n220 two\r\n220 th'))
    expect(await wire.reply(bounds)).toMatchObject({ lines: ['one'] })
    expect(wire.hasUnread).toBe(true)
    const [chunk] = (await once(wire.release(), 'data')) as [Buffer]
    expect(String(chunk)).toBe('220 two\r\n220 th')
    wire.socket.destroy()
  })

  it('may be reset before its next owner listens, and ends no process', async () => {
    const { wire, socket, peer } = await connectedTo((peer) => peer.say('220 hello\r\n'))
    await wire.reply(bounds)
    expect(wire.release()).toBe(socket)
    socket.on('data', () => {})
    peer.reset()
    // An error without a listener would be an uncaught exception, which fails the run.
    await closed(socket)
    expect(socket.errored).toMatchObject({ code: 'ECONNRESET' })
  })

  it('tells its errors to its next owner, and to nobody else', async () => {
    const { wire, peer } = await connectedTo((peer) => peer.say('220 hello\r\n'))
    await wire.reply(bounds)
    const socket = wire.release()
    expect(socket.listenerCount('error')).toBe(1)
    const heard = new Promise((resolve) => socket.on('error', resolve))
    expect([socket.listenerCount('error'), socket.listenerCount('newListener')]).toEqual([1, 0])
    socket.resume()
    peer.reset()
    expect(await heard).toMatchObject({ code: 'ECONNRESET' })
  })
})

describe('a handshake', () => {
  it('may be followed by bytes that are no TLS, in the same packet, and ends no process', async () => {
    const { wire, socket, peer } = await connectedTo(withRubbishBehind)
    wire.release().on('error', () => {})
    await expect(startTls(socket, '127.0.0.1', { ca }, bounds, unseen)).rejects.toMatchObject({ facts: { code: 'tls-handshake' } })
    await peer.gone
  })

  it('leaves a socket that shows the chain to whoever asks for it', async () => {
    const { wire } = await connectedTo((peer) => peer.secure(trusted))
    const seen: Handshake[] = []
    const socket = await startTls(wire.release(), '127.0.0.1', { ca }, bounds, { ...unseen, onHandshake: (one) => seen.push(one) })
    const { fingerprint256, issuerCertificate } = socket.getPeerCertificate(true)
    expect(seen[0]?.certificate).toMatchObject({ fingerprint256 })
    expect(issuerCertificate.fingerprint256).not.toBe(fingerprint256)
    socket.destroy()
  })

  it('is followed by what is said once the session tickets are here', async () => {
    const { wire, peer } = await connectedTo((peer) => peer.secure(trusted))
    const socket = await startTls(wire.release(), '127.0.0.1', { ca }, bounds, unseen)
    expect(socket.getTLSTicket()).toBeUndefined()
    socket.write('EHLO client\r\n')
    expect(await peer.hear()).toBe('EHLO client')
    expect([socket.getTLSTicket(), socket.writableCorked]).toEqual([expect.any(Buffer), 0])
    socket.destroy()
  })

  it('is followed by what is said at once where the server is too far away for them', async () => {
    const { wire, peer } = await connectedTo((peer) => peer.secure(trusted))
    const socket = await startTls(wire.release(), '127.0.0.1', { ca }, bounds, { ...unseen, roundTrip: 5 })
    socket.write('EHLO client\r\n')
    expect([socket.writableCorked, await peer.hear()]).toEqual([0, 'EHLO client'])
    socket.destroy()
  })

  it('is followed by what is said also where they never come', async () => {
    const server = await withoutTickets()
    const plain = connect({ port: server.port, host: '127.0.0.1' })
    await once(plain, 'connect')
    const socket = await startTls(plain, '127.0.0.1', { ca }, bounds, unseen)
    socket.write('EHLO client\r\n')
    expect(await server.heard).toBe('EHLO client\r\n')
    expect(socket.getTLSTicket()).toBeUndefined()
    socket.destroy()
  })
})

/** A server of TLS whose words go no further than the handshake. */
async function withoutTickets(): Promise<{ readonly port: number; readonly heard: Promise<string> }> {
  const tls = createTlsServer(trusted)
  const heard = once(tls, 'secureConnection').then(async ([secured]) => String(((await once(secured as Socket, 'data')) as [Buffer])[0]))
  const listener = createServer((plain) => {
    let isOver = false
    const stream = new Duplex({
      read() {},
      write(chunk: Buffer, _encoding, done) {
        if (!isOver) plain.write(chunk)
        isOver = true
        done()
      },
    })
    plain.on('data', (chunk) => stream.push(chunk)).on('error', () => {})
    tls.emit('connection', stream)
  })
  onTestFinished(() => void listener.close())
  await once(listener.listen(0, '127.0.0.1'), 'listening')
  return { port: (listener.address() as AddressInfo).port, heard }
}

/** Speaks TLS through a stream of our own, and says something else right behind the server's last word of the handshake. */
async function withRubbishBehind(peer: Peer): Promise<void> {
  const stream = new Duplex({
    read() {},
    write(chunk: Buffer, _encoding, done) {
      peer.say(Buffer.concat([chunk, Buffer.from('250 this is no TLS record\r\n')]))
      done()
    },
  })
  const server = createTlsServer(trusted)
  server.on('tlsClientError', () => {})
  server.emit('connection', stream)
  await peer.hearAnything()
  stream.push(Buffer.from(peer.clear, 'latin1'))
  await peer.gone
}
