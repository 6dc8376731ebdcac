import 'reflect-metadata'
import type { Server } from 'node:http'
import { NestFactory } from '@nestjs/core'
import { getMailerToken, type Transporter } from '@postern/nestjs'
import { HOST, listenError } from '../listen.ts'
import { mountPages } from '../pages.ts'
import { run } from '../run.ts'
import { AppModule } from './app-module.ts'

await run(async (config, mail) => {
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
  return { transport, port: Number(new URL(await app.getUrl()).port), pages: 'lab' }
})
