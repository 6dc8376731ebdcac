import { retryAdvice, type SendMailOptions, type Transporter } from '@postern/nodemailer'
import { UnrecoverableError, Worker, type WorkerOptions } from 'bullmq'

/** For `queue.add('mail', message, jobOptions)`: after an error the job waits half a minute, then a minute, and so on. */
export const jobOptions = { attempts: 8, backoff: { type: 'exponential', delay: 30_000 } }

export function startMailWorker(mailer: Transporter, options: WorkerOptions): Worker<SendMailOptions> {
  const worker = new Worker<SendMailOptions>(
    'mail',
    async (job) => {
      try {
        await mailer.sendMail(job.data)
      } catch (error) {
        const { action, after } = retryAdvice(error)
        if (action === 'ask' || action === 'give-up') throw new UnrecoverableError(`${action}: ${String(error)}`)
        if (after === undefined) throw error
        // The server limits the account, not this message: no job of the queue starts before then.
        await worker.rateLimit(after)
        throw Worker.RateLimitError()
      }
    },
    // With the default, BullMQ would repeat a job whose process ended after the message was sent.
    { maxStartedAttempts: 50, ...options, maxStalledCount: 0 },
  )
  return worker
}
