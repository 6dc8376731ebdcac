import type { AddressInfo } from 'node:net'
import { createTransport } from '@postern/nodemailer'
import { createApp } from './app.ts'
import { listen } from './listen.ts'
import { newsletterOptions } from './newsletter.ts'
import { run } from './run.ts'

await run(async (config, mail) => {
  const transport = createTransport(mail.settings, mail.transport)
  const newsletter = createTransport(mail.settings, newsletterOptions(mail))
  const server = createApp({ transport, newsletter, mail, checkToken: config.checkToken })
  await listen(server, config.port)

  const end = () => {
    server.close()
    server.closeAllConnections()
    void Promise.all([transport.settled(), newsletter.settled()]).then(() => mail.close())
  }
  process.once('SIGINT', end).once('SIGTERM', end)
  return { transport, port: (server.address() as AddressInfo).port, pages: 'lab' }
})
