import { EventEmitter } from 'node:events'
import type { Endpoint, HealthReport, SelectorState } from '@postern/core'
import type { Transporter, TransportMetrics } from '@postern/nodemailer'
import nodemailer from 'nodemailer'
import type { MailMessage, SendMailOptions, SMTPSentMessageInfo, Transport } from 'nodemailer'

/** A message as the app gave it, with what nodemailer made of its addresses. */
export interface RecordedMessage extends SendMailOptions {
  /** Whom it would have gone to. */
  readonly envelope: { readonly from: string | false; readonly to: string[] }
  readonly messageId: string
}

/** A mailer that keeps messages instead of sending them. It is always well. */
export interface RecordingMailer extends Transporter {
  /** Every message so far, oldest first. */
  readonly messages: readonly RecordedMessage[]
  /** Forgets them. */
  clear(): void
}

/** A name that no DNS has (RFC 6761 §6.4), for the endpoint that is asked for. */
const endpoint: Endpoint = { host: 'recorded.invalid', port: 587, security: 'starttls' }

const noAttempts = { used: 0, failed: 0, overtaken: 0, 'not-needed': 0 } as const
const noSends = { accepted: 0, 'not-accepted': 0, unknown: 0 } as const

/**
 * Makes a mailer for tests: no network, no settings, and a list of what the app sent.
 *
 * @example
 * const mail = createRecordingMailer()
 * const app = await Test.createTestingModule({ imports: [AppModule] })
 *   .overrideProvider(getMailerToken())
 *   .useValue(mail)
 *   .compile()
 * expect(mail.messages).toMatchObject([{ to: 'ada@example.com', subject: 'Welcome' }])
 */
export function createRecordingMailer(): RecordingMailer {
  const messages: RecordedMessage[] = []
  const mailer = nodemailer.createTransport(new RecordingTransport(messages))
  const state = (): SelectorState => ({ endpoint, rungs: [{ endpoint, standing: 'up' }] })
  const metrics = (): TransportMetrics => ({
    endpoints: [{ endpoint, standing: 'up', inUse: true, fallbacks: 0, recoveries: 0, attempts: noAttempts, sends: { ...noSends, accepted: messages.length } }],
    unroutable: 0,
    exhausted: 0,
    underWay: 0,
  })
  const examine = async () => endpoint
  const health = async (): Promise<HealthReport> => ({
    status: 'pass',
    checkedAt: new Date(),
    endpoint,
    rungs: state().rungs,
  })
  const clear = () => void messages.splice(0)
  return Object.assign(mailer, {
    messages,
    clear,
    endpoint,
    state,
    metrics,
    examine,
    ready: examine,
    health,
    settled: async () => {},
  })
}

class RecordingTransport extends EventEmitter implements Transport<SMTPSentMessageInfo> {
  readonly name = 'PosternRecording'
  readonly version = '1'
  readonly #messages: RecordedMessage[]

  constructor(messages: RecordedMessage[]) {
    super()
    this.#messages = messages
  }

  async verify(): Promise<true> {
    return true
  }

  send(
    { data, message }: MailMessage<SMTPSentMessageInfo>,
    callback: (error: Error | null, info: SMTPSentMessageInfo) => void,
  ): void {
    const { from, to } = message.getEnvelope()
    const messageId = message.messageId()
    this.#messages.push({ ...data, envelope: { from, to }, messageId })
    const info = { messageId, envelope: { from, to }, accepted: to, rejected: [], response: '250 2.0.0 Recorded' }
    callback(null, info as unknown as SMTPSentMessageInfo)
  }
}
