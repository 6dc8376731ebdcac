import { createTransport } from './create-transport.ts'
import { createTestAccount, getTestMessageUrl } from './ethereal.ts'

export { NoUsableEndpointError, SettingsError } from '@postern/core'
export type {
  Address,
  Attachment,
  AttachmentLike,
  DKIMOptions,
  ErrorCode,
  Headers,
  IcalAttachment,
  ListHeaders,
  Mail,
  MailDefaults,
  MailMessage,
  NodemailerError,
  PluginFunction,
  SendMailOptions,
  SentMessageInfo,
  SMTPConnectionAuth,
  SMTPConnectionOptions,
  SMTPEnvelope,
  SMTPEnvelopeDsn,
  SMTPPoolOptions,
  SMTPPoolSentMessageInfo,
  SMTPSentMessageInfo,
  SMTPTransportOptions,
  Transport,
  TransportOptions,
  VerifyCallback,
  XOAuth2Options,
  XOAuth2Token,
} from 'nodemailer'
export type { DiagnosticsMessages, SendTrace } from './observability/channels.ts'
export type { PoolState } from '@postern/core/submission'
export { createTransport, type CreateTransportOptions, type Transporter } from './create-transport.ts'
export { type Delivery, DeliveryError, type DeliveryErrorInit } from './delivery/delivery-error.ts'
export type { ReadyOptions } from './mailer-transport.ts'
export { retryAdvice, type RetryAction, type RetryAdvice } from './delivery/retry-advice.ts'
export type { MessageOutcome } from './delivery/message-outcome.ts'
export type { SendOutcome } from './delivery/send-outcome.ts'
export type { EndpointMetrics, SendCounts, TransportMetrics } from './observability/metrics.ts'
export type { SubmissionOptions, SubmissionSettings } from './options/split-options.ts'
export { submissionTransport, type SubmissionTransport } from './submission-transport.ts'
export type { TransportRung, TransportState } from './observability/transport-state.ts'
export type { TransportEvents } from './observability/watch.ts'

/** The type of nodemailer's default import. */
export interface Nodemailer {
  readonly createTransport: typeof createTransport
  readonly createTestAccount: typeof createTestAccount
  readonly getTestMessageUrl: typeof getTestMessageUrl
}

/**
 * nodemailer's default import with Postern's `createTransport`. To switch, change the import.
 *
 * @example
 * import nodemailer from '@postern/nodemailer'
 * const mailer = nodemailer.createTransport({ host: 'smtp.example.com', auth: { user: 'ada', pass: 'secret' } })
 */
const nodemailer: Nodemailer = { createTransport, createTestAccount, getTestMessageUrl }

export default nodemailer
