import type { Endpoint, ExamineOptions, HealthReport } from '@postern/core'
import type { SMTPSentMessageInfo, SMTPTransportOptions, Transport } from 'nodemailer'
import type { MessageOrigin } from './delivery/abort-error.ts'
import type { TransportMetrics } from './observability/metrics.ts'
import type { TransportState } from './observability/transport-state.ts'

/** Options of `ready`. */
export interface ReadyOptions extends Pick<ExamineOptions, 'checkSender'> {
  /** Aborts the check. */
  readonly signal?: AbortSignal | undefined
}

/** The part of a `SubmissionTransport` that `Mailer` uses. */
export interface MailerTransport extends Transport<SMTPSentMessageInfo, SMTPTransportOptions>, MessageOrigin {
  readonly endpoint: Endpoint | undefined
  /** The options for nodemailer's `Mail`. */
  mailOptions(): SMTPTransportOptions
  ready(options?: ReadyOptions): Promise<Endpoint>
  examine(options?: Omit<ExamineOptions, 'avoid'>): Promise<Endpoint>
  state(): TransportState
  metrics(): TransportMetrics
  health(options?: { readonly signal?: AbortSignal | undefined }): Promise<HealthReport>
  settled(): Promise<void>
}
