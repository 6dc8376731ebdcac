import 'reflect-metadata'
import { NestFactory } from '@nestjs/core'
import { getMailerToken, type Transporter } from '@postern/nestjs'
import { readConfig } from '../config.ts'
import { inOneSentence } from '../in-one-sentence.ts'
import { HOST, listenError } from '../listen.ts'
import { setUpMail } from '../mail.ts'
import { tellStory } from '../story.ts'
import { AppModule } from './app-module.ts'

try {
  const config = readConfig(process.env)
  const mail = await setUpMail(config)
  // What there is to tell, the story tells.
  const app = await NestFactory.create(AppModule.for(mail), { logger: false, abortOnError: false, forceCloseConnections: true })
  app.enableShutdownHooks([], { useProcessExit: true })
  await app.listen(config.port, HOST).catch((error: Error) => {
    throw listenError(error, config.port)
  })

  await tellStory({ transport: app.get<Transporter>(getMailerToken()), mail, log: console.log })
  const { port } = new URL(await app.getUrl())
  console.log(`
Up at http://localhost:${port}
  GET  /health/smtp   how the mail is doing
  POST /send          {"to": "…", "subject": "…", "text": "…"}
  GET  /inbox         what has arrived
Ctrl-C ends it.`)
} catch (error) {
  console.error(inOneSentence(error))
  process.exit(1)
}
