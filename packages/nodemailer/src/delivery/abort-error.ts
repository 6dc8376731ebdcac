import { describeFailure, type Locale } from '@postern/core'
import type { SMTPSentMessageInfo } from 'nodemailer'
import { DeliveryError } from './delivery-error.ts'
import { nodemailerCauseOf } from './nodemailer-cause.ts'
import type { SendCallback } from './outgoing-message.ts'

export type SendMail = (data: unknown, callback?: SendCallback) => Promise<SMTPSentMessageInfo> | undefined

/** Where an aborted message came from. */
export interface MessageOrigin {
  readonly host: string
  readonly locale: Locale
}

/**
 * Replaces the error with which nodemailer rejects a message that is aborted before it reaches the transport. Callers then get
 * the same `DeliveryError` for an abort at any time.
 */
export function withOneAbortError(sendMail: SendMail, origin: MessageOrigin, data: unknown, callback: SendCallback | undefined): Promise<SMTPSentMessageInfo> | undefined {
  // Without a signal, nodemailer cannot abort the message.
  if (!(data as { readonly signal?: unknown } | undefined)?.signal) return sendMail(data, callback)
  if (callback) return sendMail(data, (error, info) => callback(error && translated(error, origin), info))
  return sendMail(data)?.catch((error: unknown) => {
    throw translated(error as Error, origin)
  })
}

function translated(error: Error, { host, locale }: MessageOrigin): Error {
  if ((error as { readonly code?: unknown }).code !== 'EABORT') return error
  const failure = describeFailure({ code: 'aborted', stage: 'connect' }, { host }, locale)
  const cause = nodemailerCauseOf(failure, { underlying: error })
  return new DeliveryError({ failure, attempts: [], delivery: 'not-accepted', retryable: true, cause })
}
