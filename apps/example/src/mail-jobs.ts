import type { Clock } from '@postern/core'
import { systemClock } from '@postern/core/http'
import { retryAdvice, type SendMailOptions, type Transporter } from '@postern/nodemailer'
import { Problem, problemFrom } from './problem.ts'

/** A mail that is sent in the background. */
export interface MailJob {
  readonly id: string
  /** `waiting` until `nextAttempt`. `ask`: the mail may have been accepted, and a person has to check before it is sent again. */
  readonly state: 'sending' | 'waiting' | 'sent' | 'failed' | 'ask'
  readonly attempts: number
  readonly nextAttempt?: Date
  /** Why the last attempt failed, and what to do. */
  readonly problem?: object
}

export interface MailJobsOptions {
  readonly clock?: Clock
}

/**
 * A small job queue in memory, which loses its jobs at the end of the process. `docs/queues.md` has the same for queues that keep them:
 * BullMQ, pg-boss, Inngest and Trigger.dev.
 */
export class MailJobs {
  readonly #mailer: Transporter
  readonly #clock: Clock
  readonly #jobs = new Map<string, MailJob>()
  readonly #sending = new Set<Promise<void>>()
  #lastId = 0

  constructor(mailer: Transporter, { clock = systemClock }: MailJobsOptions = {}) {
    this.#mailer = mailer
    this.#clock = clock
  }

  /** Returns at once. */
  add(message: SendMailOptions): MailJob {
    this.#makeRoom()
    const id = String(++this.#lastId)
    this.#attempt(id, message, 1)
    return this.get(id)
  }

  get(id: string): MailJob {
    const job = this.#jobs.get(id)
    if (!job) throw new Problem(404, 'There is no such job: the queue is in memory, and forgets the oldest jobs.')
    return job
  }

  /** Resolves when no mail is being sent. Jobs may be waiting for their next attempt. */
  async settled(): Promise<void> {
    await Promise.all(this.#sending)
  }

  #attempt(id: string, message: SendMailOptions, attempts: number): void {
    this.#jobs.set(id, { id, state: 'sending', attempts })
    const sending = this.#send(id, message, attempts).finally(() => this.#sending.delete(sending))
    this.#sending.add(sending)
  }

  async #send(id: string, message: SendMailOptions, attempts: number): Promise<void> {
    try {
      await this.#mailer.sendMail(message)
      this.#jobs.set(id, { id, state: 'sent', attempts })
    } catch (error) {
      this.#retry(id, message, attempts, error)
    }
  }

  #retry(id: string, message: SendMailOptions, attempts: number, error: unknown): void {
    const { action, after } = retryAdvice(error)
    const job = { id, attempts, problem: problemFrom(error).toJSON() }
    if (action === 'ask') this.#jobs.set(id, { ...job, state: 'ask' })
    else if (action === 'give-up' || attempts === MAX_ATTEMPTS) this.#jobs.set(id, { ...job, state: 'failed' })
    else {
      const delay = after ?? delays[action] * 2 ** (attempts - 1)
      this.#jobs.set(id, { ...job, state: 'waiting', nextAttempt: new Date(this.#clock.now() + delay) })
      this.#clock.after(delay, () => this.#attempt(id, message, attempts + 1))
    }
  }

  /** Forgets the oldest job that has ended. */
  #makeRoom(): void {
    if (this.#jobs.size < MAX_JOBS) return
    const ended = [...this.#jobs.values()].find(({ state }) => state !== 'sending' && state !== 'waiting')
    if (!ended) throw new Problem(503, `${MAX_JOBS} mails are still waiting. Try again later.`)
    this.#jobs.delete(ended.id)
  }
}

const MAX_JOBS = 1000
const MAX_ATTEMPTS = 8

/** Milliseconds until the second attempt, if the server has not said when. The delay doubles with each attempt. */
const delays = { retry: 10_000, 'retry-later': 60_000 } as const
