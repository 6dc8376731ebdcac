import type { Server } from 'node:http'
import { closeAfterLastMessage } from '@postern/core/http'
import type { RequestHandler } from 'express'
import type { RequestMailer } from './mailer.ts'

declare global {
  namespace Express {
    interface Request {
      /** The mailer, on every route after `attachMailer`. */
      mailer: RequestMailer
    }
  }
}

/** Options of `attachMailer`. */
export interface AttachMailerOptions {
  /** Closes the mailer after its last message, when this server has closed after its last response. */
  readonly closeWith?: Pick<Server, 'once'> | undefined
  /** Milliseconds that pending messages may take when the server has closed; then they are given up. @default 10000 */
  readonly shutdownTimeout?: number | undefined
}

/**
 * Sets `req.mailer` on every request.
 *
 * @example
 * app.use(attachMailer(createTransport(process.env.SMTP_URL)))
 * app.post('/invite', async (req, res) => {
 *   await req.mailer.sendMail({ to: req.body.to, subject: 'Welcome', text: 'Come in.' })
 *   res.sendStatus(202)
 * })
 */
export function attachMailer(transporter: RequestMailer, { closeWith, shutdownTimeout = 10_000 }: AttachMailerOptions = {}): RequestHandler {
  closeWith?.once('close', () => void closeAfterLastMessage(transporter, shutdownTimeout))
  return (request, _response, next) => {
    request.mailer = transporter
    next()
  }
}
