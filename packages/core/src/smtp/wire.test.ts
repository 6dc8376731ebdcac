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

const handshakeOptions: HandshakeOptions = { withChain: false, roundTrip: 0, onHandshake: () => {} }
const bounds: Bounds = { ms: 50_000, timeout: 'reply-timeout', signal: new AbortController().signal }

async function connectedTo(script: Script): Promise<{ readonly wire: Wire; readonly socket: Socket; readonly peer: Peer }> {
  const server = await serve(script)
  onTestFinished(() => server[Symbol.asyncDispose]())
  const socket = connect({ port: server.port, host: '127.0.0.1' })
  await once(socket, 'connect')
  return { wire: new Wire(socket), socket, peer: await server.firstPeer }
}

/** Resolves when a socket is closed. Unlike `once` of node:events, adds no error listener. */
const closed = (socket: Socket) => new Promise<void>((resolve) => void socket.once('close', () => resolve()))

describe('a released socket', () => {
  it('still has its unread bytes', async () => {
    const { wire } = await connectedTo((peer) => peer.say('220 one\r\n220 two\r\n220 th'))
    expect(await wire.reply(bounds)).toMatchObject({ lines: ['one'] })
    expect(wire.hasUnread).toBe(true)
    const [chunk] = (await once(wire.release(), 'data')) as [Buffer]
    expect(String(chunk)).toBe('220 two\r\n220 th')
    wire.socket.destroy()
  })

  it('may be reset before its next owner listens for errors', async () => {
    const { wire, socket, peer } = await connectedTo((peer) => peer.say('220 hello\r\n'))
    await wire.reply(bounds)
    expect(wire.release()).toBe(socket)
    socket.on('data', () => {})
    peer.reset()
    // An error without a listener would be an uncaught exception, which fails the run.
    await closed(socket)
    expect(socket.errored).toMatchObject({ code: 'ECONNRESET' })
  })

  it('emits errors only to the listener of its next owner', async () => {
    const { wire, peer } = await connectedTo((peer) => peer.say('220 hello\r\n'))
    await wire.reply(bounds)
    const socket = wire.release()
    expect(socket.listenerCount('error')).toBe(1)
    const errorEvent = new Promise((resolve) => socket.on('error', resolve))
    expect([socket.listenerCount('error'), socket.listenerCount('newListener')]).toEqual([1, 0])
    socket.resume()
    peer.reset()
    expect(await errorEvent).toMatchObject({ code: 'ECONNRESET' })
  })
})

describe('startTls()', () => {
  it('rejects if invalid bytes follow the handshake in the same packet', async () => {
    const { wire, socket, peer } = await connectedTo(invalidBytesAfterHandshake)
    wire.release().on('error', () => {})
    await expect(startTls(socket, '127.0.0.1', { ca }, bounds, handshakeOptions)).rejects.toMatchObject({ facts: { code: 'tls-handshake' } })
    await peer.gone
  })

  it('returns a socket from which the certificate chain can be read', async () => {
    const { wire } = await connectedTo((peer) => peer.secure(trusted))
    const seen: Handshake[] = []
    const socket = await startTls(wire.release(), '127.0.0.1', { ca }, bounds, { ...handshakeOptions, onHandshake: (one) => seen.push(one) })
    const { fingerprint256, issuerCertificate } = socket.getPeerCertificate(true)
    expect(seen[0]?.certificate).toMatchObject({ fingerprint256 })
    expect(issuerCertificate.fingerprint256).not.toBe(fingerprint256)
    socket.destroy()
  })

  it('delays writes until the session tickets have arrived', async () => {
    const { wire, peer } = await connectedTo((peer) => peer.secure(trusted))
    const socket = await startTls(wire.release(), '127.0.0.1', { ca }, bounds, handshakeOptions)
    expect(socket.getTLSTicket()).toBeUndefined()
    socket.write('EHLO client\r\n')
    expect(await peer.hear()).toBe('EHLO client')
    expect([socket.getTLSTicket(), socket.writableCorked]).toEqual([expect.any(Buffer), 0])
    socket.destroy()
  })

  it('does not delay writes if the round trip is too long', async () => {
    const { wire, peer } = await connectedTo((peer) => peer.secure(trusted))
    const socket = await startTls(wire.release(), '127.0.0.1', { ca }, bounds, { ...handshakeOptions, roundTrip: 5 })
    socket.write('EHLO client\r\n')
    expect([socket.writableCorked, await peer.hear()]).toEqual([0, 'EHLO client'])
    socket.destroy()
  })

  it('sends delayed writes even if no ticket arrives', async () => {
    const server = await withoutTickets()
    const plain = connect({ port: server.port, host: '127.0.0.1' })
    await once(plain, 'connect')
    const socket = await startTls(plain, '127.0.0.1', { ca }, bounds, handshakeOptions)
    socket.write('EHLO client\r\n')
    expect(await server.received).toBe('EHLO client\r\n')
    expect(socket.getTLSTicket()).toBeUndefined()
    socket.destroy()
  })
})

/** A TLS server that sends nothing after the handshake, session tickets included. */
async function withoutTickets(): Promise<{ readonly port: number; readonly received: Promise<string> }> {
  const tls = createTlsServer(trusted)
  const received = once(tls, 'secureConnection').then(async ([secured]) => String(((await once(secured as Socket, 'data')) as [Buffer])[0]))
  const listener = createServer((plain) => {
    let isHandshakeSent = false
    const stream = new Duplex({
      read() {},
      write(chunk: Buffer, _encoding, done) {
        if (!isHandshakeSent) plain.write(chunk)
        isHandshakeSent = true
        done()
      },
    })
    plain.on('data', (chunk) => stream.push(chunk)).on('error', () => {})
    tls.emit('connection', stream)
  })
  onTestFinished(() => void listener.close())
  await once(listener.listen(0, '127.0.0.1'), 'listening')
  return { port: (listener.address() as AddressInfo).port, received }
}

/** Performs the TLS handshake, and appends invalid bytes to the server's last handshake message. */
async function invalidBytesAfterHandshake(peer: Peer): Promise<void> {
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
