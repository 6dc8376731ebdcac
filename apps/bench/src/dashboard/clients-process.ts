import { once } from 'node:events'
import { connect, type NetConnectOpts, type Socket } from 'node:net'
import type { Address } from './app.ts'
import type { ClientCommands } from './clients.ts'
import { answerCalls } from './remote.ts'

/** Clients of streams. Argument: the address of the app as JSON. */
const address = JSON.parse(process.argv[2]!) as Address
const target: NetConnectOpts = typeof address === 'number' ? { port: address, host: '127.0.0.1' } : { path: address }
const clients: Socket[] = []

answerCalls<ClientCommands>(
  {
    async open(count) {
      await openStreams(count)
    },
    async stall(count) {
      for (const client of await openStreams(count)) client.pause()
    },
    close() {
      for (const client of clients.splice(0)) client.destroy()
    },
  },
  'ready',
)

async function openStreams(count: number): Promise<readonly Socket[]> {
  const opened = await Promise.all(Array.from({ length: count }, openStream))
  clients.push(...opened)
  return opened
}

/** Resolves when the stream has begun. The rest is read and discarded. */
async function openStream(): Promise<Socket> {
  const client = connect(target)
  client.write('GET /events HTTP/1.1\r\nHost: app.example.com\r\n\r\n')
  const [head] = (await once(client, 'data')) as [Buffer]
  if (!head.toString().startsWith('HTTP/1.1 200 ')) throw new Error(`The app refuses the stream: ${head.toString()}`)
  return client
}
