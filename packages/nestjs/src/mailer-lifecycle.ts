import { type BeforeApplicationShutdown, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common'
import { NoUsableEndpointError } from '@postern/core'
import type { SubmissionTransport, Transporter } from '@postern/nodemailer'
import { registerMonitor, monitorOf } from './health/monitors.ts'
import { logChanges } from './log-changes.ts'
import { type CreatedMailer, createMailer } from './create-mailer.ts'
import { MailerStartupError } from './startup-error.ts'

/**
 * Creates one mailer, starts it as `startup` says and closes it with the app. If a test overrides the mailer, it is never
 * created and the hooks do nothing.
 */
export class MailerLifecycle implements OnModuleInit, BeforeApplicationShutdown, OnApplicationShutdown {
  readonly #name: string | undefined
  readonly #options: unknown
  readonly #logger: Logger
  /** Aborts a running health check. */
  readonly #shutdown = new AbortController()
  #created: CreatedMailer | undefined
  #timer: NodeJS.Timeout | undefined

  constructor(options: unknown, name: string | undefined) {
    this.#options = options
    this.#name = name
    this.#logger = new Logger(name === undefined ? 'Postern' : `Postern ${name}`)
  }

  /** @throws PosternOptionsError */
  get mailer(): Transporter {
    return (this.#created ??= this.#create()).mailer
  }

  /** @throws MailerStartupError if `startup` is `ready` and no mail can be sent */
  async onModuleInit(): Promise<void> {
    if (!this.#created) return
    const { mailer, options } = this.#created
    if (options.startup === 'ready') await this.#ready(mailer)
    // A monitor does not reject for network failures; they are in its report.
    if (options.startup === 'background') void monitorOf(mailer)?.check()
  }

  /** Starts the shutdown timeout here, because pending requests may wait for a message too. */
  beforeApplicationShutdown(): void {
    this.#shutdown.abort()
    if (this.#created) this.#timer ??= setTimeout(() => this.#forceClose(), this.#created.options.shutdownTimeout)
  }

  /** The HTTP server has closed: no new messages are sent. */
  async onApplicationShutdown(): Promise<void> {
    await this.#created?.mailer.settled()
    clearTimeout(this.#timer)
    this.#created?.mailer.close()
  }

  #create(): CreatedMailer {
    const { mailer, options } = createMailer(this.#options, this.#name)
    registerMonitor(mailer, { ttl: options.healthTtl, locale: options.transport?.locale, signal: this.#shutdown.signal })
    logChanges(mailer, this.#logger)
    return { mailer, options }
  }

  async #ready(mailer: Transporter): Promise<void> {
    try {
      await mailer.ready()
    } catch (error) {
      mailer.close()
      throw NoUsableEndpointError.isInstance(error) ? new MailerStartupError(error, this.#name) : error
    }
  }

  #forceClose(): void {
    if (!this.#created) return
    const { mailer } = this.#created
    const { pending } = mailer.metrics()
    if (pending > 0) this.#logger.warn(`shutdownTimeout is over: ${pending} message(s) not finished.`)
    ;(mailer.transporter as unknown as SubmissionTransport).close({ force: true })
  }
}
