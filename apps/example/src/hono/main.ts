import type { AddressInfo } from 'node:net'
import { createServer } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { closeAfterLastMessage } from '@postern/core/http'
import { createDashboard } from '@postern/dashboard'
import { createTransport, submissionTransport } from '@postern/nodemailer'
import { listen } from '../listen.ts'
import { newsletterOptions } from '../newsletter.ts'
import { run } from '../run.ts'
import { createApp } from './app.ts'

await run(async (config, mail) => {
  const transport = createTransport(mail.settings, mail.transport)
  const newsletter = submissionTransport(mail.settings, newsletterOptions(mail))
  // No test message: the plug-in composes none.
  const dashboard = createDashboard({ transactional: transport, newsletter }, { path: '/mail', authorize: () => true, settingsCheck: mail.check })
  const app = createApp({ transport, newsletter, dashboard, mail, checkToken: config.checkToken })
  const server = createServer(getRequestListener(app.fetch))
  await listen(server, config.port)

  const end = async () => {
    dashboard.close()
    server.close()
    server.closeAllConnections()
    await Promise.all([closeAfterLastMessage(transport, 2000), closeAfterLastMessage(newsletter, 2000)])
    await mail.close()
  }
  process.once('SIGINT', () => void end()).once('SIGTERM', () => void end())
  return { transport, port: (server.address() as AddressInfo).port, pages: 'dashboard' }
})
