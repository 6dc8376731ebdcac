import { once } from 'node:events'
import { describe, expect, it, vi } from 'vitest'
import { type Answer, close, hang, type MailServer, reset } from '../../test/mail-server.ts'
import { allDialogues, connectTo, dialogues, serve, small, summaryOf } from '../../test/submission-client.ts'
import { poolOver, resultOf, startServer, stopTime } from '../../test/submission-pool.ts'

const resetOf = async (server: MailServer) => {
  const { submit, connection } = await connectTo(server)
  await submit(small)
  return { isUsable: await new Promise<boolean>((resolve) => connection.reset(resolve)), connection, submit }
}

describe('an unexpected reply', () => {
  it.each<[string, string, boolean]>([
    ['250', '250 2.0.0 what?\r\n', false],
    ['garbage', 'what?\r\n', false],
    ['half a reply and the end', '25', false],
    ['421', '421 4.4.2 idle for too long\r\n', true],
  ])('%s while the connection is idle ends it', async (_, bytes, isPolite) => {
    const server = await serve()
    const { submit, connection } = await connectTo(server)
    await submit(small)
    const closed = new Promise<void>((resolve) => {
      connection.onClose = resolve
    })
    const peer = await server.peer()
    peer.write(bytes)
    if (bytes === '25') peer.socket.end()
    await closed
    expect(connection.isUsable).toBe(false)
    await server.quiet()
    expect(server.count('QUIT')).toBe(isPolite ? 1 : 0)
  })
})

describe('a surplus reply', () => {
  const accepting = { end: '250 2.0.0 queued\r\n550 5.0.0 what?', BDAT: '250 2.0.0 queued\r\n550 5.0.0 what?' }
  const refusing = { MAIL: '550 5.1.0 no', RSET: '250 2.0.0 reset\r\n550 5.0.0 what?' }

  it.each(
    allDialogues.flatMap((dialogue) => [
      { dialogue, script: accepting, after: 'accepted' },
      { dialogue, script: refusing, after: 'sender-rejected' },
    ]),
  )('is not taken for the reply to the next message: $dialogue, after one that is $after', async ({ dialogue, script, after }) => {
    const server = await startServer(script, { offer: dialogues[dialogue] })
    const { send } = poolOver([server], { maxConnections: 1 })
    const [first, second] = [send('first\r\n'), send('second\r\n')]
    expect(resultOf(await first)).toBe(after)
    expect(resultOf(await second)).toBe(after)
    expect(server.connections).toBe(2)
  })
})

describe('a reset', () => {
  it('leaves a connection that can be used', async () => {
    const { isUsable, connection, submit } = await resetOf(await serve())
    expect([isUsable, connection.isUsable]).toEqual([true, true])
    expect(summaryOf(await submit(small))).toBe('accepted')
  })

  it.each<[string, Answer]>([
    ['421', '421 bye'],
    ['450', '450 no'],
    ['500', '500 what?'],
    ['354', '354 go on'],
    ['garbage', 'what?'],
    ['FIN', close],
    ['RST', reset],
  ])('that is answered by %s ends the connection', async (_, answer) => {
    const server = await serve({ RSET: answer })
    const { isUsable, connection } = await resetOf(server)
    expect([isUsable, connection.isUsable]).toEqual([false, false])
    await server.quiet()
  })

  it('on a closed connection reports that', async () => {
    const server = await serve()
    const { connection } = await connectTo(server)
    connection.destroy()
    expect(await new Promise((resolve) => connection.reset(resolve))).toBe(false)
  })
})

describe('QUIT', () => {
  it('ends the connection without waiting for the reply', async () => {
    const server = await serve({ QUIT: hang })
    const { submit, connection } = await connectTo(server)
    await submit(small)
    connection.quit()
    expect(connection.isUsable).toBe(false)
    await server.quiet()
    expect(server.lines.at(-1)).toBe('QUIT')
  })

  it('leaves no timer that would keep the connection in memory', async () => {
    const server = await serve()
    stopTime()
    const { submit, connection, socket } = await connectTo(server)
    await submit(small)
    connection.quit()
    expect(vi.getTimerCount()).toBe(1)
    await once(socket, 'close')
    expect(vi.getTimerCount()).toBe(0)
  })
})
