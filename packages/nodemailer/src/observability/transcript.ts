import { randomBytes } from 'node:crypto'
import type { Endpoint } from '@postern/core'
import type { Transcript } from '@postern/core/submission'
import type { Logger } from 'nodemailer/lib/shared'

/** The options that enable entries for lines. */
interface TranscriptOptions {
  readonly debug?: boolean | undefined
  readonly transactionLog?: boolean | undefined
  readonly component?: string | undefined
}

/**
 * Logs the dialogue of a connection with nodemailer's fields: `tnx` is `client` or `server` for a line, `sid` identifies the
 * connection. As in nodemailer, lines are logged with `debug` or `transactionLog` only.
 */
export function transcriptFor(logger: Logger, { debug, transactionLog, component = 'smtp-connection' }: TranscriptOptions): (endpoint: Endpoint) => Transcript {
  const hasLines = Boolean(debug || transactionLog)
  return ({ host, port, security }) => {
    const entry = { component, sid: randomBytes(8).toString('hex') }
    const isSecure = security === 'implicit'
    let isEstablished = false
    const established = () => {
      isEstablished = true
      const text = isSecure ? 'Secure connection established to %s:%s' : 'Connection established to %s:%s'
      logger.info({ ...entry, tnx: 'network', remoteAddress: host, remotePort: port }, text, host, port)
    }
    return {
      client: (line) => {
        if (hasLines) logger.debug({ ...entry, tnx: 'client' }, '%s', line)
      },
      server: (line) => {
        if (!isEstablished) established()
        if (hasLines) logger.debug({ ...entry, tnx: 'server' }, '%s', line)
      },
      ...(debug && {
        message: (octets: Buffer) => logger.debug({ ...entry, tnx: 'message' }, '%s', octets.toString('latin1').replace(/\r?\n$/, '')),
      }),
      authenticated: (user, method) => {
        logger.info({ ...entry, tnx: 'smtp', username: user, action: 'authenticated', method }, 'User %s authenticated', JSON.stringify(user))
      },
    }
  }
}
