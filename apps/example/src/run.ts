import type { Transporter } from '@postern/nodemailer'
import { type Config, readConfig } from './config.ts'
import { runDemo } from './demo.ts'
import { errorText } from './error-text.ts'
import { setUpMail } from './mail.ts'
import type { MailSetup } from './mail-setup.ts'
import { type Pages, usage, whereToLook } from './usage.ts'

/** An app that listens. */
export interface Started {
  readonly transport: Transporter
  readonly port: number
  readonly pages: Pages
}

/** Starts an app with the configuration of the environment, and sends the first message. */
export async function run(start: (config: Config, mail: MailSetup) => Promise<Started>): Promise<void> {
  try {
    const config = readConfig(process.env)
    const mail = await setUpMail(config)
    const { transport, port, pages } = await start(config, mail)
    console.log(whereToLook(port, pages))
    await runDemo({ transport, mail, log: console.log })
    console.log(usage(port, config.checkToken, pages, mail))
  } catch (error) {
    console.error(errorText(error))
    process.exit(1)
  }
}
