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
    await ticketsOf(secured, bounds)
    return secured
  } catch (error) {
    if (!(error instanceof SmtpError)) throw error
    const { facts } = error
    const { minVersion = LEAST_VERSION } = settings ?? {}
    if (facts.code === 'tls-version') throw new SmtpError({ ...facts, values: { version: minVersion.replace('v', ' ') } })
    throw error
  }
}

/** Milliseconds that session tickets are waited for: in a network of one's own they have come by then. */
const TICKETS_WITHIN = 5

/**
 * TLS 1.3 sends session tickets behind the handshake. A server that has not seen them acknowledged keeps its next reply back
 * (RFC 896), and a client with nothing to say acknowledges after 40 ms (RFC 1122 §4.2.3.2): so it speaks once they are here.
 */
async function ticketsOf(socket: TLSSocket, { background }: Bounds): Promise<void> {
  if (socket.getProtocol() !== 'TLSv1.3') return
  await new Promise<void>((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer)
      socket.off('session', go).off('close', go)
    }
    const go = () => {
      stop()
      // Not from within the event: it comes in the midst of OpenSSL's reading, which loses its place when something is written.
      setImmediate(() => {
        socket.off('error', fail)
        resolve()
      })
    }
    const fail = (error: Error) => {
      stop()
      socket.destroy()
      reject(new SmtpError(fromSystemError(error, 'tls-handshake')))
    }
    const timer = setTimeout(go, TICKETS_WITHIN)
    if (background) timer.unref()
    socket.once('session', go).once('close', go).once('error', fail)
  })
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
