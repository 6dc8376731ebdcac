import { EventEmitter } from 'node:events'
import type { Endpoint, HealthReport, SelectorState } from '@postern/core'
import type { Transporter, TransportMetrics } from '@postern/nodemailer'
import nodemailer from 'nodemailer'
import type { MailMessage, SendMailOptions, SMTPSentMessageInfo, Transport } from 'nodemailer'

/** A message as the app passed it, with the envelope from nodemailer. */
export interface RecordedMessage extends SendMailOptions {
  /** The envelope it would have been sent with. */
  readonly envelope: { readonly from: string | false; readonly to: string[] }
  readonly messageId: string
}

/** A mailer that records messages instead of sending them. It is always healthy. */
export interface RecordingMailer extends Transporter {
  /** Every message so far, oldest first. */
  readonly messages: readonly RecordedMessage[]
  /** Removes all recorded messages. */
  clear(): void
}

/** A placeholder; `.invalid` never resolves (RFC 6761 §6.4). */
const endpoint: Endpoint = { host: 'recorded.invalid', port: 587, security: 'starttls' }

const noAttempts = { used: 0, failed: 0, superseded: 0, cancelled: 0 } as const
const noSends = { accepted: 0, 'not-accepted': 0, unknown: 0 } as const

/**
 * Creates a mailer for tests that needs no network and no settings, and records messages.
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
  const state = (): SelectorState => ({ endpoint, rungs: [{ endpoint, status: 'up' }] })
  const metrics = (): TransportMetrics => ({
    endpoints: [{ endpoint, status: 'up', inUse: true, fallbacks: 0, recoveries: 0, attempts: noAttempts, sends: { ...noSends, accepted: messages.length } }],
    unroutable: 0,
    exhausted: 0,
    queued: 0,
    pending: 0,
    connections: 0,
    maxConnections: Infinity,
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
