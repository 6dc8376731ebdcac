import { describeFailure } from '@postern/core'
import type { SMTPSentMessageInfo } from 'nodemailer'
import type Mail from 'nodemailer/lib/mailer'
import type { SplitOptions } from '../options/split-options.ts'
import { DeliveryError } from './delivery-error.ts'
import { nodemailerCauseOf } from './nodemailer-cause.ts'
import type { SendCallback } from './outgoing-message.ts'

type SendMail = (data: unknown, callback?: SendCallback) => Promise<SMTPSentMessageInfo> | undefined

/**
 * nodemailer rejects a message that is aborted before it reaches the transport with an error of its own. A caller gets the
 * same error for an abort at any moment.
 */
export function rejectAborted(mailer: Mail<SMTPSentMessageInfo>, { settings: { host }, own: { locale = 'en' } }: SplitOptions): void {
  const sendMail = (mailer.sendMail as SendMail).bind(mailer)
  const translated = (error: unknown): unknown => {
    if ((error as { readonly code?: unknown } | null)?.code !== 'EABORT') return error
    const failure = describeFailure({ code: 'aborted', stage: 'connect' }, { host }, locale)
    const cause = nodemailerCauseOf(failure, undefined, error as Error)
    return new DeliveryError({ failure, attempts: [], delivery: 'not-accepted', retryable: true, cause })
  }
  const replaced: SendMail = (data, callback) => {
    if (callback) return sendMail(data, (error, info) => callback(error && (translated(error) as Error), info))
    return sendMail(data)?.catch((error: unknown) => {
      throw translated(error)
    })
  }
  Object.defineProperty(mailer, 'sendMail', { value: replaced, writable: true, configurable: true })
}
