import { createTransport } from '@postern/nodemailer'
import { Registry } from 'prom-client'
import { readConfig } from '../config.ts'
import { errorText } from '../error-text.ts'
import { setUpMail } from '../mail.ts'
import { registerMail } from './prometheus.ts'

// Sends one message and prints the metrics that Prometheus would scrape.
try {
  const mail = await setUpMail(readConfig(process.env))
  const transport = createTransport(mail.settings, mail.transport)
  const registry = new Registry()
  registerMail(transport, registry)

  await transport.sendMail({ from: mail.from, to: mail.to, subject: 'Counted', text: 'By Prometheus.' })
  console.log(await registry.metrics())

  transport.close()
  await mail.close()
} catch (error) {
  console.error(errorText(error))
  process.exitCode = 1
}
