import 'reflect-metadata'
import type { Server } from 'node:http'
import { NestFactory } from '@nestjs/core'
import { getMailerToken, type Transporter } from '@postern/nestjs'
import { readConfig } from '../config.ts'
import { mountPages } from '../pages.ts'
import { usage, whereToLook } from '../usage.ts'
import { errorText } from '../error-text.ts'
import { HOST, listenError } from '../listen.ts'
import { setUpMail } from '../mail.ts'
import { runDemo } from '../demo.ts'
import { AppModule } from './app-module.ts'

try {
  const config = readConfig(process.env)
  const mail = await setUpMail(config)
  // No Nest log: it would mix with the demo's output.
  const app = await NestFactory.create(AppModule.for(mail, config.checkToken), {
    logger: false,
    abortOnError: false,
    forceCloseConnections: true,
  })
  const transport = app.get<Transporter>(getMailerToken())
  mountPages(app, app.getHttpServer() as Server, transport, mail)
  app.enableShutdownHooks([], { useProcessExit: true })
  await app.listen(config.port, HOST).catch((error: Error) => {
    throw listenError(error, config.port)
  })
  const port = Number(new URL(await app.getUrl()).port)

  console.log(whereToLook(port))
  await runDemo({ transport, mail, log: console.log })
  console.log(usage(port, config.checkToken, mail))
} catch (error) {
  console.error(errorText(error))
  process.exit(1)
}
