import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { createDashboard } from '@postern/dashboard'
import { nodeHandler } from '@postern/dashboard/node'
import { createTransport } from '@postern/nodemailer'
import { memoryAtRest } from '../memory-at-rest.ts'
import type { AppCommands, AppOptions, Served } from './app.ts'
import { bareStreams } from './bare-streams.ts'
import { recordEvents } from './events.ts'
import { answerCalls } from './remote.ts'

/** An app on Node's HTTP server. Argument: {@link AppOptions} as JSON. */
const { served, settings, socket } = JSON.parse(process.argv[2]!) as AppOptions
const mailer = createTransport(settings)

const handlers: Readonly<Record<Served, () => RequestListener>> = {
  dashboard: () => nodeHandler(createDashboard(mailer, { authorize: () => true })),
  bare: bareStreams,
}

const sockets = new Set<Socket>()
const server = createServer(handlers[served]()).on('connection', (opened: Socket) => {
  sockets.add(opened)
  opened.once('close', () => sockets.delete(opened))
})
server.listen(socket ?? { port: 0, host: '127.0.0.1' })
await once(server, 'listening')

answerCalls<AppCommands>(
  {
    cpu() {
      const { user, system } = process.cpuUsage()
      return (user + system) / 1_000
    },
    async memory() {
      const { heapUsed, external } = await memoryAtRest()
      return heapUsed + external
    },
    sockets: () => sockets.size,
    waiting: () => [...sockets].reduce((sum, { writableLength }) => sum + writableLength, 0),
    record: (count) => recordEvents(mailer, count),
  },
  socket ?? (server.address() as AddressInfo).port,
)
