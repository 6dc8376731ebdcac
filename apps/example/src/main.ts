import type { AddressInfo } from 'node:net'
import { createTransport } from '@postern/nodemailer'
import { createApp } from './app.ts'
import { readConfig } from './config.ts'
import { howToUse } from './how-to-use.ts'
import { inOneSentence } from './in-one-sentence.ts'
import { listen } from './listen.ts'
import { setUpMail } from './mail.ts'
import { tellStory } from './story.ts'

try {
  const config = readConfig(process.env)
  const mail = await setUpMail(config)
  const transport = createTransport(mail.settings)
  const server = await listen(createApp({ transport, from: mail.from, inbox: mail.inbox, checkToken: config.checkToken }), config.port)

  const end = () => {
    server.closeAllConnections()
    server.close()
    transport.close()
    void mail.close()
  }
  process.once('SIGINT', end).once('SIGTERM', end)

  await tellStory({ transport, mail, log: console.log })
  console.log(howToUse((server.address() as AddressInfo).port, config.checkToken))
} catch (error) {
  console.error(inOneSentence(error))
  process.exit(1)
}
