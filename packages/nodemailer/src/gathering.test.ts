import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import { letter, mailerFor, modes } from '../test/mail.ts'
import { ScriptedServer } from '../test/scripted-server.ts'
import { Gathering } from './gathering.ts'

describe('the pieces of a message', () => {
  it('are held back over a few turns, until its end is there', async () => {
    const { client, server } = await connected()
    const write = gatherOn(client)
    write('Subject: Hello\r\n')
    await turn()
    write('\r\nHello.\r\n')
    await turn()
    expect(client.writableCorked).toBe(1)
    expect(client.writableLength).toBe(26)
    write('.\r\n')
    expect(client.writableCorked).toBe(0)
    client.end()
    expect(await text(server)).toBe('Subject: Hello\r\n\r\nHello.\r\n.\r\n')
  })

  it('go out when no other one follows', async () => {
    const { client, server } = await connected()
    gatherOn(client)('Subject: Hello\r\n')
    const [came] = (await once(server, 'data')) as [Buffer]
    expect(came.toString()).toBe('Subject: Hello\r\n')
    expect(client.writableCorked).toBe(0)
  })

  it('go out when there is no room for more', async () => {
    const { client } = await connected()
    const write = gatherOn(client)
    expect(write('x'.repeat(client.writableHighWaterMark - 1))).toBe(true)
    expect(client.writableCorked).toBe(1)
    expect(write('xx')).toBe(false)
    expect(client.writableCorked).toBe(0)
  })

  it('are gathered anew for the next message, and a count that goes on does not end that early', async () => {
    const { client } = await connected()
    const write = gatherOn(client)
    for (let message = 0; message < 20; message++) {
      write('Hello.\r\n')
      await turn()
      expect(client.writableCorked).toBe(1)
      write('.\r\n')
      expect(client.writableCorked).toBe(0)
    }
  })
})

describe.each(modes)('a message that its caller is slow to give, $mode', ({ pool }) => {
  it('goes out as far as it is there', async () => {
    const content = new Readable({ read() {} })
    content.push('the first half, ')
    await using server = await ScriptedServer.start({
      body: () => {
        content.push('the second')
        content.push(null)
      },
    })
    await mailerFor(server.settings(), { pool }).sendMail({ ...letter, text: content })
    expect(server.messages).toHaveLength(1)
    expect(server.messages[0]).toContain('the first half, the second')
  })
})

function gatherOn(socket: Socket): (piece: string) => boolean {
  const gathering = new Gathering(socket)
  return (piece) => {
    gathering.begin()
    const bytes = Buffer.from(piece)
    return gathering.took(bytes, socket.write(bytes))
  }
}

async function connected(): Promise<{ readonly client: Socket; readonly server: Socket }> {
  const listener = createServer().listen(0, '127.0.0.1')
  await once(listener, 'listening')
  const client = connect((listener.address() as AddressInfo).port, '127.0.0.1')
  const [[server]] = (await Promise.all([once(listener, 'connection'), once(client, 'connect')])) as [[Socket], unknown]
  onTestFinished(() => {
    client.destroy()
    server.destroy()
    listener.close()
  })
  return { client, server }
}
