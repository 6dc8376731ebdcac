import { type Attempt, describeFailure, type Endpoint } from '@postern/core'
import type { MailerOutcome } from '@postern/dashboard'
import type { Transporter } from '@postern/nodemailer'

const host = '127.0.0.1'
const blocked: Endpoint = { host, port: 587, security: 'starttls' }
const used: Endpoint = { host, port: 2525, security: 'starttls' }

/** Makes a mailer emit as many events as given, a thousand per turn of the event loop: messages over 2525, because 587 is blocked. */
export async function recordEvents(mailer: Transporter, count: number): Promise<void> {
  for (let number = 0; number < count; number += 1) {
    emitEvent(mailer, number)
    if (number % 1_000 === 999) await new Promise(setImmediate)
  }
}

function emitEvent(mailer: Transporter, number: number): void {
  // New objects each time, as a mailer makes them.
  if (number % 2 === 0) mailer.emit('attempt', failedAttempt())
  else mailer.emit('outcome', { messageId: `<${number}@example.com>`, outcome: 'accepted', ms: 310.5, endpoint: used } satisfies MailerOutcome)
}

function failedAttempt(): Attempt {
  const failure = describeFailure({ code: 'connect-timeout', stage: 'connect' }, blocked, 'en')
  const stages = [{ stage: 'dns', ms: 0.2 }, { stage: 'connect', ms: 250.2 }] as const
  return { endpoint: blocked, outcome: 'failed', stage: 'connect', failure, startedAt: new Date(), ms: 250.4, stages }
}
