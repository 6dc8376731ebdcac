import { once } from 'node:events'
import { connect as connectPlain } from 'node:net'
import { connect } from 'node:tls'
import { describe, expect, it, onTestFinished } from 'vitest'
import { ca } from '../../test/certificates.ts'
import { MailServer, readSlowly, reset } from '../../test/mail-server.ts'
import { clientOver, connectTo, dialogues, largeMessage, serve, small, textOf } from '../../test/submission-client.ts'

describe('a message of one write', () => {
  it('is not accepted by a reply from before it was sent', async () => {
    const server = await serve({ DATA: '354 go on\r\n250 2.0.0 queued' })
    const { submit } = await connectTo(server)
    expect((await submit(small)).kind).toBe('lost')
  })

  it('was not sent if the operating system refused the write', async () => {
    const server = await serve({ body: reset })
    const { submit } = await connectTo(server)
    expect(await submit(small)).toMatchObject({ kind: 'lost', mayBeAccepted: false })
  })

  it('was not sent in one flight over a connection that was reset before', async () => {
    const server = await serve()
    const { submit } = await connectTo(server, { dialogue: 'chunked' })
    await submit(small)
    ;(await server.peer()).socket.resetAndDestroy()
    // The operating system has the RST, and Node has not read it.
    expect(await submit(small)).toMatchObject({ kind: 'lost', mayBeAccepted: false })
  })
})

describe('a refused recipient', () => {
  it('decides, not the reply to the chunk', async () => {
    const server = await serve()
    const socket = connectPlain(server.port, '127.0.0.1')
    await once(socket, 'connect')
    const peer = await server.peer()
    // A slow link: the operating system takes nothing more, so the chunk is still being written when the replies come.
    peer.stopReading()
    socket.write(Buffer.alloc(24_000_000))
    const { submit } = clientOver(socket, server.port, dialogues.chunked)
    const submitted = submit(textOf(40_000))
    peer.write('250 2.1.0 sender ok\r\n450 4.2.0 greylisted\r\n503 5.5.1 no valid recipients\r\n')
    expect(await submitted).toMatchObject({ kind: 'refused', stage: 'rcpt', reply: { code: 450 } })
  })
})

describe('the size of a message', () => {
  it('is counted without the dots that are doubled (RFC 1870 §5)', async () => {
    const server = await serve()
    const { submit } = await connectTo(server, { dialogue: 'pipelined' })
    await submit('.a\r\n')
    expect(server.lines[0]).toBe('MAIL FROM:<ada@example.com> SIZE=4')
  })
})

describe('a reset', () => {
  it('that is refused calls back once', async () => {
    const server = await serve({ RSET: '500 no' })
    const { submit, connection, socket } = await connectTo(server)
    await submit(small)
    const results: boolean[] = []
    connection.reset((isUsable) => results.push(isUsable))
    await once(socket, 'close')
    expect(results).toEqual([false])
  })
})

describe('a slow transfer under TLS', () => {
  it('that makes progress is not aborted', async () => {
    const block = 2_000
    const server = await MailServer.start({ body: (peer) => readSlowly(peer, 1.5 * block) }, { isGreeting: false, isSecure: true })
    onTestFinished(() => server[Symbol.asyncDispose]())
    const socket = connect({ port: server.port, host: '127.0.0.1', ca })
    await once(socket, 'secureConnect')
    const { submit } = clientOver(socket, server.port, [], { block })
    // One piece, as a message in memory is. Under TLS, Node sees no progress within one write.
    expect((await submit(largeMessage())).kind).toBe('accepted')
  })
})
