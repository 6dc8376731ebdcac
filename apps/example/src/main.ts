import type { AddressInfo } from 'node:net'
import { createTransport } from '@postern/nodemailer'
import { createApp } from './app.ts'
import { readConfig } from './config.ts'
import { runDemo } from './demo.ts'
import { errorText } from './error-text.ts'
import { listen } from './listen.ts'
import { setUpMail } from './mail.ts'
import { usage, whereToLook } from './usage.ts'

try {
  const config = readConfig(process.env)
  const mail = await setUpMail(config)
  const transport = createTransport(mail.settings, mail.transport)
  const server = createApp({ transport, mail, checkToken: config.checkToken })
  await listen(server, config.port)
  const { port } = server.address() as AddressInfo

  const end = () => {
    server.close()
    server.closeAllConnections()
    void transport.settled().then(() => mail.close())
  }
  process.once('SIGINT', end).once('SIGTERM', end)

  console.log(whereToLook(port))
  await runDemo({ transport, mail, log: console.log })
  console.log(usage(port, config.checkToken, mail))
} catch (error) {
  console.error(errorText(error))
  process.exit(1)
}
