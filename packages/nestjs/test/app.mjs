// A Nest app that runs in its own process. Plain JavaScript, so that Node runs it without a build.
import { Controller, Injectable, Module, Post } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { DeliveryError, getMailerToken, PosternModule } from '@postern/nestjs'
import 'reflect-metadata'

const print = (line) => process.stdout.write(`${line}\n`)

class Signup {
  constructor(mailer) {
    this.mailer = mailer
  }

  /** Responds without waiting for the message. */
  signUp() {
    this.mailer.sendMail({ from: 'app@postern.test', to: 'ada@postern.test', subject: 'Welcome', text: '-' }).then(
      ({ accepted }) => print(`sent to ${accepted.join()}`),
      (error) => print(`not sent: ${DeliveryError.isInstance(error) ? error.delivery : error}`),
    )
  }

  beforeApplicationShutdown(signal) {
    print(`shutting down on ${signal}`)
  }
}
Injectable()(Signup)
Reflect.defineMetadata('design:paramtypes', [Object], Signup)
Reflect.defineMetadata('self:paramtypes', [{ index: 0, param: getMailerToken() }], Signup)
Controller()(Signup)
Post('signup')(Signup.prototype, 'signUp', Object.getOwnPropertyDescriptor(Signup.prototype, 'signUp'))

/** Decorated below, since JavaScript has no decorators. */
// oxlint-disable-next-line typescript/no-extraneous-class
class AppModule {}
const options = JSON.parse(process.env.POSTERN_OPTIONS ?? '{}')
Module({ imports: [PosternModule.forRoot(options)], controllers: [Signup] })(AppModule)

const app = await NestFactory.create(AppModule, { logger: false })
app.enableShutdownHooks()
await app.listen(0, '127.0.0.1')
print(`up at ${await app.getUrl()}`)

// Closes without a signal: an open handle would keep the process alive.
process.stdin.once('data', async () => {
  process.stdin.destroy()
  await app.close()
  print('closed')
})
