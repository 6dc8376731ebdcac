import { closeAfterLastMessage } from '@postern/core/http'
import type { FastifyInstance, FastifyPluginAsync } from 'fastify'
import fastifyPlugin from 'fastify-plugin'
import type { RegisteredMailer } from './mailer.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** The mailer, after `posternPlugin` was registered. */
    mailer: RegisteredMailer
  }
}

/** Options of `posternPlugin`. */
export interface PosternPluginOptions {
  /** The mailer: `createTransport()` of `@postern/nodemailer`. */
  readonly mailer: RegisteredMailer
  /** Milliseconds that pending messages may take when the app closes. @default 10000 */
  readonly shutdownTimeout?: number | undefined
}

/**
 * Sets `fastify.mailer`. When the app closes, its requests end first, then its messages, then the mailer's connections.
 *
 * @example
 * await app.register(posternPlugin, { mailer: createTransport(process.env.SMTP_URL!) })
 * await app.mailer.sendMail({ to: 'ada@example.com', subject: 'Welcome', text: 'Come in.' })
 */
export const posternPlugin: FastifyPluginAsync<PosternPluginOptions> = fastifyPlugin(decorate, { name: '@postern/fastify', fastify: '5.x' })

async function decorate(app: FastifyInstance, { mailer, shutdownTimeout = 10_000 }: PosternPluginOptions): Promise<void> {
  app.decorate('mailer', mailer)
  app.addHook('onClose', () => closeAfterLastMessage(mailer, shutdownTimeout))
}
