import type { Logger } from '@nestjs/common'
import type { Attempt, Endpoint } from '@postern/core'
import type { Transporter } from '@postern/nodemailer'

/** Logs the selected endpoint and every change of it. */
export function logChanges(mailer: Transporter, logger: Logger): void {
  let isExhausted = false
  mailer.on('selected', ({ endpoint }) => {
    isExhausted = false
    logger.log(`Mail goes over ${nameOf(endpoint)}.`)
  })
  mailer.on('fallback', ({ endpoint, attempts }) => {
    isExhausted = false
    const reasons = attempts.flatMap(reason).join(' ')
    logger.warn(`Mail goes over ${nameOf(endpoint)} now, since a better port does not work. ${reasons}`)
  })
  mailer.on('recovered', ({ endpoint }) => {
    isExhausted = false
    logger.log(`Mail goes over ${nameOf(endpoint)} again.`)
  })
  mailer.on('exhausted', (error) => {
    // The event repeats for every message: log the first only.
    if (!isExhausted) logger.warn(`Mail cannot be sent. ${error.message} ${error.advice}`)
    isExhausted = true
  })
}

function nameOf({ host, port, security }: Endpoint): string {
  return `${host}:${port} (${security})`
}

function reason({ failure }: Attempt): string[] {
  return failure ? [failure.message] : []
}
