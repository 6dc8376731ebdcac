import type { Logger } from '@nestjs/common'
import type { Attempt, Endpoint } from '@postern/core'
import type { Transporter } from '@postern/nodemailer'

/** Tells the app's log which way the mail goes: a change of port is never silent. */
export function logChanges(mailer: Transporter, logger: Logger): void {
  mailer.on('selected', ({ endpoint }) => logger.log(`Mail goes over ${nameOf(endpoint)}.`))
  mailer.on('fallback', ({ endpoint, attempts }) =>
    logger.warn(`Mail goes over ${nameOf(endpoint)}, as better ways failed. ${attempts.flatMap(reason).join(' ')}`),
  )
  mailer.on('recovered', ({ endpoint }) => logger.log(`Mail goes over ${nameOf(endpoint)} again.`))
  mailer.on('exhausted', (error) => logger.warn(`Mail cannot be sent. ${error.message}`))
}

function nameOf({ host, port, security }: Endpoint): string {
  return `${host}:${port} (${security})`
}

function reason({ failure }: Attempt): string[] {
  return failure ? [failure.message] : []
}
