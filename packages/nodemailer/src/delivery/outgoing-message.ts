import type { LoginSettings } from '@postern/core'
import type { Envelope, MessageBody, Submission, SubmissionOutcome } from '@postern/core/submission'
import type { MailMessage, SMTPSentMessageInfo } from 'nodemailer'
import type { Secrets } from '../options/secrets.ts'
import { throwAsync } from '../throw-async.ts'
import { ComposedBody } from './composed-body.ts'
import { deliveryErrorOf } from './delivery-failure.ts'
import { addressOf, envelopeOf, type GivenEnvelope } from './envelope.ts'
import { ensureMessageId } from './message-id.ts'
import type { SendOutcome, SendResult } from './send-outcome.ts'
import { sentInfoOf } from './sent-info.ts'

/** nodemailer's callback for the outcome of a message. */
export type SendCallback = (error: Error | null, info?: SMTPSentMessageInfo) => void

/** The context shared by all messages of a transport. */
export interface MessageContext {
  readonly secrets: Secrets
  /** The login of a single message (`mail.auth`), if it has one. */
  readonly loginOf: (mail: MailMessage) => LoginSettings | undefined
  readonly onSending: ((mail: MailMessage) => void) | undefined
  /** `since`: when the message was added to the pool. */
  readonly onOutcome: (mail: MailMessage, outcome: SubmissionOutcome, since: number, error: Error | null) => void
}

/** A message from nodemailer, as a submission for the pool. */
export class OutgoingMessage implements Submission {
  readonly login: LoginSettings | undefined
  readonly #mail: MailMessage
  readonly #context: MessageContext
  readonly #callback: SendCallback
  #body: MessageBody | undefined
  #given: GivenEnvelope | undefined

  constructor(mail: MailMessage, context: MessageContext, callback: SendCallback) {
    this.#mail = mail
    this.#context = context
    this.#callback = callback
    this.login = context.loginOf(mail)
  }

  get envelope(): Envelope {
    this.#context.onSending?.(this.#mail)
    return envelopeOf(this.#envelope, this.#mail.data)
  }

  get sender(): string {
    return addressOf(this.#envelope.from)
  }

  get body(): MessageBody {
    const { message } = this.#mail
    if (!this.#body) ensureMessageId(message, this.#envelope.from)
    return (this.#body ??= new ComposedBody(message))
  }

  /** Cached, because nodemailer parses the address headers with each call. */
  get #envelope(): GivenEnvelope {
    return (this.#given ??= this.#mail.message.getEnvelope())
  }

  get signal(): AbortSignal | undefined {
    return this.#mail.data.signal
  }

  settle(outcome: SubmissionOutcome, since: number): void {
    const { secrets } = this.#context
    const { endpoint, attempts } = outcome
    let error: Error | null = null
    let info: SMTPSentMessageInfo | undefined
    if (outcome.isAccepted) info = sentInfoOf(this.#mail, this.#envelope, outcome, secrets)
    else error = deliveryErrorOf(outcome, secrets)
    const result: SendOutcome = outcome.isAccepted ? 'accepted' : outcome.delivery
    try {
      this.#context.onOutcome(this.#mail, outcome, since, error)
      this.onEnd({ outcome: result, attempts, ...(endpoint && { endpoint }), ...(error && { error }) })
      this.#callback(error, info)
    } catch (fault) {
      throwAsync(fault)
    }
  }

  /** Called with the result before the callback is. */
  protected onEnd(_result: SendResult): void {}
}

/** A message whose result is traced. */
export class TracedMessage extends OutgoingMessage {
  readonly #onEnd: (result: SendResult) => void

  constructor(mail: MailMessage, context: MessageContext, callback: SendCallback, onEnd: (result: SendResult) => void) {
    super(mail, context, callback)
    this.#onEnd = onEnd
  }

  protected override onEnd(result: SendResult): void {
    this.#onEnd(result)
  }
}
