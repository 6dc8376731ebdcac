import type { AddressInfo } from 'node:net'
import { createTransport } from '@postern/nodemailer'
import { createApp } from './app.ts'
import { readConfig } from './config.ts'
import { usage } from './usage.ts'
import { errorText } from './error-text.ts'
import { listen } from './listen.ts'
import { setUpMail } from './mail.ts'
import { runDemo } from './demo.ts'

try {
  const config = readConfig(process.env)
  const mail = await setUpMail(config)
  const transport = createTransport(mail.settings)
  const server = await listen(createApp({ transport, from: mail.from, inbox: mail.inbox, check: mail.check, checkToken: config.checkToken }), config.port)

  const end = () => {
    server.closeAllConnections()
    server.close()
    transport.close()
    void mail.close()
  }
  process.once('SIGINT', end).once('SIGTERM', end)

  await runDemo({ transport, mail, log: console.log })
  console.log(usage((server.address() as AddressInfo).port, config.checkToken))
} catch (error) {
  console.error(errorText(error))
  process.exit(1)
}
