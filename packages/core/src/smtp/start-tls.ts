import { isIP, type Socket } from 'node:net'
import { type ConnectionOptions, connect as tlsConnect, type TLSSocket } from 'node:tls'
import { fromSystemError } from '../failure/from-system-error.ts'
import { SmtpError } from '../failure/smtp-error.ts'
import { nodeTlsOf } from '../settings/node-tls.ts'
import type { TlsSettings } from '../settings/settings.ts'
import { bounded, type Bounds } from './bounded.ts'
import { ignore, minded } from './minded.ts'
import { LEAST_VERSION, secureContextFor } from './secure-context.ts'

/**
 * Speaks TLS on an open connection and has the certificate checked (RFC 8314 §5), by the host's name whatever address
 * was used.
 *
 * @param look is shown the connection once the handshake is done, before the certificate is checked
 * @throws SmtpError `tls-handshake`, `tls-version`, `certificate-…`, `connection-lost`, the bounds' codes
 */
export async function startTls(
  socket: Socket,
  host: string,
  settings: TlsSettings | undefined,
  bounds: Bounds,
  look: (socket: TLSSocket) => void,
): Promise<TLSSocket> {
  const name = settings?.servername ?? host
  const options: ConnectionOptions = {
    ...nodeTlsOf(settings),
    secureContext: secureContextFor(settings),
    socket,
    // Verification goes by servername, or by host where that is an address: an address is no SNI name (RFC 6066 §3).
    host: name,
    ...(isIP(name) === 0 && { servername: name }),
    rejectUnauthorized: settings?.rejectUnauthorized !== false,
  }
  try {
    const secured = await opened(bounds, () => {
      const opening = tlsConnect(options)
      // Node hangs up on a certificate that it refuses, and then has nothing to show.
      return opening.prependOnceListener('secure', () => look(opening))
    })
    // Whatever ciphers were asked for: what encrypts nothing is no TLS.
    if (secured.getCipher().name.includes('NULL')) {
      secured.destroy()
      throw new SmtpError({ code: 'tls-handshake' })
    }
    return secured
  } catch (error) {
    if (!(error instanceof SmtpError)) throw error
    const { facts } = error
    const { minVersion = LEAST_VERSION } = settings ?? {}
    if (facts.code === 'tls-version') throw new SmtpError({ ...facts, values: { version: minVersion.replace('v', ' ') } })
    throw error
  }
}

/** Waits until the handshake is over; destroys the socket if it fails. */
async function opened(bounds: Bounds, open: () => TLSSocket): Promise<TLSSocket> {
  let socket: TLSSocket | undefined
  try {
    return await bounded<TLSSocket>(bounds, (resolve, reject) => {
      const opening = (socket = open())
      if (bounds.background) opening.unref()
      const onOpen = () => resolve(minded(opening))
      const onError = (error: Error) => reject(new SmtpError(fromSystemError(error, 'tls-handshake')))
      const onClose = () => reject(new SmtpError({ code: 'connection-lost' }))
      opening.once('secureConnect', onOpen).once('error', onError).once('close', onClose)
      return () => {
        opening.off('secureConnect', onOpen).off('error', onError).off('close', onClose)
      }
    })
  } catch (error) {
    // The error that destroying may still bring has nobody to tell.
    socket?.on('error', ignore).destroy()
    throw error
  }
}
