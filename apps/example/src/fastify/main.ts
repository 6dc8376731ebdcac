import type { AddressInfo } from 'node:net'
import nodemailer from '@postern/nodemailer'
import { HOST, listenError } from '../listen.ts'
import { newsletterOptions } from '../newsletter.ts'
import { run } from '../run.ts'
import { createApp } from './app.ts'

await run(async (config, mail) => {
  // As in an app that sent with nodemailer before: only the import is another.
  const transport = nodemailer.createTransport(mail.settings, mail.transport)
  const newsletter = nodemailer.createTransport(mail.settings, newsletterOptions(mail))
  const app = await createApp({ transport, newsletter, mail, checkToken: config.checkToken })
  await app.listen({ host: HOST, port: config.port }).catch((error: Error) => {
    throw listenError(error, config.port)
  })

  const end = () => void app.close().then(() => mail.close())
  process.once('SIGINT', end).once('SIGTERM', end)
  return { transport, port: (app.server.address() as AddressInfo).port, pages: 'dashboard' }
})
