import 'reflect-metadata'
import { NestFactory } from '@nestjs/core'
import { AppModule, Welcome } from './app.module'

async function main(): Promise<void> {
  const app = await NestFactory.create(AppModule, { logger: ['error', 'warn'], abortOnError: false })
  app.enableShutdownHooks()
  await app.listen(0, '127.0.0.1')
  process.send?.('up')
  process.once('message', () => {
    app
      .get(Welcome)
      .greet('ada@postern.test')
      .then(
        (port) => process.send?.(port ?? 'none'),
        (error: Error) => process.send?.(error.message),
      )
  })
}

main().catch((error: unknown) => {
  console.error(error)
  process.exitCode = 1
})
