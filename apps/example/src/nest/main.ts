import 'reflect-metadata'
import { NestFactory } from '@nestjs/core'
import { getMailerToken, type Transporter } from '@postern/nestjs'
import { readConfig } from '../config.ts'
import { howToUse } from '../how-to-use.ts'
import { inOneSentence } from '../in-one-sentence.ts'
import { HOST, listenError } from '../listen.ts'
import { setUpMail } from '../mail.ts'
import { tellStory } from '../story.ts'
import { AppModule } from './app-module.ts'

try {
  const config = readConfig(process.env)
  const mail = await setUpMail(config)
  // What there is to tell, the story tells.
  const app = await NestFactory.create(AppModule.for(mail, config.checkToken), {
    logger: false,
    abortOnError: false,
    forceCloseConnections: true,
  })
  app.enableShutdownHooks([], { useProcessExit: true })
  await app.listen(config.port, HOST).catch((error: Error) => {
    throw listenError(error, config.port)
  })

  await tellStory({ transport: app.get<Transporter>(getMailerToken()), mail, log: console.log })
  console.log(howToUse(Number(new URL(await app.getUrl()).port), config.checkToken))
} catch (error) {
  console.error(inOneSentence(error))
  process.exit(1)
}
