import { isIP, type Socket } from 'node:net'
import { type ConnectionOptions, connect as tlsConnect, type DetailedPeerCertificate, type PeerCertificate, type TLSSocket } from 'node:tls'
import { fromSystemError } from '../failure/from-system-error.ts'
import { SmtpError } from '../failure/smtp-error.ts'
import { nodeTlsOf } from '../settings/node-tls.ts'
import type { TlsSettings } from '../settings/settings.ts'
import { bounded, type Bounds } from './bounded.ts'
import { ignore, minded } from './minded.ts'
import { LEAST_VERSION, secureContextFor } from './secure-context.ts'

/** TLS as it was when the handshake was done. */
export interface Handshake {
  readonly protocol: string
  /** The cipher's standard name. */
  readonly cipher: string
  /** The certificate as Node has it, with its chain where that was asked for. Whether it is worth anything is not known yet. */
  readonly certificate: PeerCertificate | DetailedPeerCertificate
}

/** How TLS is begun on one connection. */
export interface HandshakeOptions {
  /** Whether the chain of the certificate is read too, which takes Node ten times as long as the certificate alone. */
  readonly whole: boolean
  /** Milliseconds the server's quickest answer took, as far as it has given one. */
  readonly roundTrip: number
  /** Is told of a handshake that was done, also where the certificate was refused. */
  readonly onHandshake: (handshake: Handshake) => void
}

/**
 * Speaks TLS on an open connection and has the certificate checked (RFC 8314 §5), by the host's name whatever address
 * was used.
 *
 * @throws SmtpError `tls-handshake`, `tls-version`, `certificate-…`, `connection-lost`, the bounds' codes
 */
export async function startTls(
  socket: Socket,
  host: string,
  settings: TlsSettings | undefined,
  bounds: Bounds,
  { whole, roundTrip, onHandshake }: HandshakeOptions,
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
  let handshake: Handshake | undefined
  let hasTickets = false
  const tell = () => {
    if (handshake) onHandshake(handshake)
    handshake = undefined
  }
  try {
    const secured = await opened(bounds, () => {
      const opening = tlsConnect(options)
      // Node hangs up on a certificate that it refuses, and then has nothing to show.
      opening.prependOnceListener('secure', () => (handshake = handshakeOf(opening, whole || settings?.checkServerIdentity !== undefined)))
      return opening.once('session', () => (hasTickets = true))
    })
    // Whatever ciphers were asked for: what encrypts nothing is no TLS.
    if (secured.getCipher().name.includes('NULL')) {
      secured.destroy()
      throw new SmtpError({ code: 'tls-handshake' })
    }
    const mayCome = !hasTickets && roundTrip < TICKETS_WITHIN && secured.getProtocol() === 'TLSv1.3'
    if (mayCome) await ticketsOf(secured, bounds, tell)
    return secured
  } catch (error) {
    if (!(error instanceof SmtpError)) throw error
    const { facts } = error
    const { minVersion = LEAST_VERSION } = settings ?? {}
    if (facts.code === 'tls-version') throw new SmtpError({ ...facts, values: { version: minVersion.replace('v', ' ') } })
    throw error
  } finally {
    tell()
  }
}

/** Node asks for the certificate once more in a moment, for its own check, and is given what was read: reading it takes long. */
function handshakeOf(socket: TLSSocket, whole: boolean): Handshake {
  const certificate = socket.getPeerCertificate(whole)
  Object.assign(socket, { getPeerCertificate: () => certificate })
  return { protocol: socket.getProtocol() ?? '', cipher: socket.getCipher().standardName, certificate }
}

/** Milliseconds that session tickets are waited for: in a network of one's own they have come by then, and from further away they cannot. */
const TICKETS_WITHIN = 5

/**
 * TLS 1.3 sends session tickets behind the handshake. A server that has not seen them acknowledged keeps its next reply back
 * (RFC 896), and a client with nothing to say acknowledges after 40 ms (RFC 1122 §4.2.3.2): so it speaks once they are here.
 *
 * @param meanwhile is done while they are on their way, if they are: the last word of the handshake is out by then
 */
async function ticketsOf(socket: TLSSocket, { background }: Bounds, meanwhile: () => void): Promise<void> {
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
    setImmediate(meanwhile)
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
