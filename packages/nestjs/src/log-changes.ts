import type { Logger } from '@nestjs/common'
import type { Attempt, Endpoint } from '@postern/core'
import type { Transporter } from '@postern/nodemailer'

/** Tells the app's log which way the mail goes, once for each change: a change of port is never silent. */
export function logChanges(mailer: Transporter, logger: Logger): void {
  let isExhausted = false
  const found = (tell: () => void) => {
    isExhausted = false
    tell()
  }
  mailer.on('selected', ({ endpoint }) => found(() => logger.log(`Mail goes over ${nameOf(endpoint)}.`)))
  mailer.on('fallback', ({ endpoint, attempts }) =>
    found(() => logger.warn(`Mail goes over ${nameOf(endpoint)}, as better ways failed. ${attempts.flatMap(reason).join(' ')}`)),
  )
  mailer.on('recovered', ({ endpoint }) => found(() => logger.log(`Mail goes over ${nameOf(endpoint)} again.`)))
  mailer.on('exhausted', (error) => {
    // Every message finds that out for itself.
    if (!isExhausted) logger.warn(`Mail cannot be sent. ${error.message}`)
    isExhausted = true
  })
}

function nameOf({ host, port, security }: Endpoint): string {
  return `${host}:${port} (${security})`
}

function reason({ failure }: Attempt): string[] {
  return failure ? [failure.message] : []
}
