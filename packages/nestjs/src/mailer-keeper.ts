import { type BeforeApplicationShutdown, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common'
import { NoUsableEndpointError } from '@postern/core'
import type { SubmissionTransport, Transporter } from '@postern/nodemailer'
import { keepMonitor, monitorOf } from './health/monitors.ts'
import { logChanges } from './log-changes.ts'
import { type Made, readOptions } from './read-options.ts'
import { MailerStartupError } from './startup-error.ts'

/**
 * Looks after one mailer: makes it, starts it the way the app chose, and ends it. A mailer that a test has replaced is
 * never made, so none of this touches it.
 */
export class MailerKeeper implements OnModuleInit, BeforeApplicationShutdown, OnApplicationShutdown {
  readonly #name: string | undefined
  readonly #given: unknown
  readonly #logger: Logger
  /** Ends what runs in the background. */
  readonly #ending = new AbortController()
  #made: Made | undefined
  #limit: NodeJS.Timeout | undefined

  constructor(given: unknown, name: string | undefined) {
    this.#given = given
    this.#name = name
    this.#logger = new Logger(name === undefined ? 'Postern' : `Postern ${name}`)
  }

  /** @throws PosternOptionsError */
  get mailer(): Transporter {
    return (this.#made ??= this.#make()).mailer
  }

  /** @throws MailerStartupError if the app is to wait for a mailer that cannot send */
  async onModuleInit(): Promise<void> {
    if (!this.#made) return
    const { mailer, options } = this.#made
    if (options.startup === 'ready') await this.#ready(mailer)
    // A monitor never rejects, whatever the network does; its report is what health tells.
    if (options.startup === 'background') void monitorOf(mailer)?.check()
  }

  /** From here on there is a limit: requests that still wait for a message must not hold up the end either. */
  beforeApplicationShutdown(): void {
    this.#ending.abort()
    if (this.#made) this.#limit ??= setTimeout(() => this.#giveUp(), this.#made.options.shutdownTimeout)
  }

  /** By now nothing new comes in. */
  async onApplicationShutdown(): Promise<void> {
    await this.#made?.mailer.settled()
    clearTimeout(this.#limit)
    this.#made?.mailer.close()
  }

  #make(): Made {
    const { mailer, options } = readOptions(this.#given, this.#name)
    keepMonitor(mailer, { ttl: options.healthTtl, locale: options.transport?.locale, signal: this.#ending.signal })
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

  #giveUp(): void {
    if (!this.#made) return
    const { mailer } = this.#made
    const { underWay } = mailer.metrics()
    if (underWay > 0) this.#logger.warn(`The time to shut down is over: ${underWay} message(s) not finished.`)
    ;(mailer.transporter as unknown as SubmissionTransport).close({ force: true })
  }
}
