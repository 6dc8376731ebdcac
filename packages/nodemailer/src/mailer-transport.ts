import type { Endpoint, HealthReport } from '@postern/core'
import type { CancelSignal } from '@postern/core/submission'
import type { SMTPSentMessageInfo, SMTPTransportOptions, Transport } from 'nodemailer'
import type { MessageOrigin } from './delivery/abort-error.ts'
import type { TransportMetrics } from './observability/metrics.ts'
import type { TransportState } from './observability/transport-state.ts'

/** The part of a `SubmissionTransport` that `Mailer` uses. */
export interface MailerTransport extends Transport<SMTPSentMessageInfo, SMTPTransportOptions>, MessageOrigin {
  readonly endpoint: Endpoint | undefined
  /** The options for nodemailer's `Mail`. */
  mailOptions(): SMTPTransportOptions
  ready(options?: { readonly signal?: AbortSignal | undefined }): Promise<Endpoint>
  examine(options?: { readonly signal?: CancelSignal | undefined; readonly deadline?: number | undefined }): Promise<Endpoint>
  state(): TransportState
  metrics(): TransportMetrics
  health(options?: { readonly signal?: AbortSignal | undefined }): Promise<HealthReport>
  settled(): Promise<void>
}
