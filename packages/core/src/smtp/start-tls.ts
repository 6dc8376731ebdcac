import type { Socket } from 'node:net'
import { type ConnectionOptions, connect as tlsConnect, type DetailedPeerCertificate, type PeerCertificate, type TLSSocket } from 'node:tls'
import { ipFamily } from '../ip-family.ts'
import { fromSystemError } from '../failure/from-system-error.ts'
import { SmtpError } from '../failure/smtp-error.ts'
import { nodeTlsOf } from '../settings/node-tls.ts'
import type { TlsSettings } from '../settings/settings.ts'
import { bounded, type Bounds } from './bounded.ts'
import { ignore, minded } from './minded.ts'
import { LEAST_VERSION, secureContextFor } from './secure-context.ts'
import { speakAfterTickets, TICKETS_WITHIN } from './session-tickets.ts'

/** What a report shows of a certificate. Before the handshake, and without one, there is nothing. */
export type ShownCertificate = {
  readonly [Name in 'subject' | 'issuer' | 'subjectaltname' | 'valid_from' | 'valid_to' | 'fingerprint256']?: PeerCertificate[Name] | undefined
} & { readonly issuerCertificate?: ShownCertificate | undefined }

/** TLS as it was when the handshake was done. */
export interface Handshake {
  readonly protocol: string
  /** The cipher's standard name. */
  readonly cipher: string
  /** The certificate as Node has it, with its chain where that was asked for. It may not be valid. */
  readonly certificate: ShownCertificate
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
  let handshake: Handshake | undefined
  try {
    const secured = await opened(bounds, () => {
      const opening = tlsConnect(optionsFor(socket, host, settings))
      if (roundTrip < TICKETS_WITHIN) speakAfterTickets(opening)
      // Node hangs up on a certificate that it refuses, and then has nothing to show.
      const all = whole || settings?.checkServerIdentity !== undefined
      return opening.prependOnceListener('secure', () => (handshake = handshakeOf(opening, all)))
    })
    // Behind the handshake Node leaves a connection open on which TLS has failed, and which is of no use any more.
    let fault: Error | undefined
    secured.on('error', (error) => {
      fault ??= error
      secured.destroy()
    })
    // Whatever ciphers were asked for: what encrypts nothing is no TLS.
    if (secured.getCipher().name.includes('NULL')) {
      secured.destroy()
      throw new SmtpError({ code: 'tls-handshake' })
    }
    // Node sends the last word of the handshake after this turn: the server is to have it before there is more to do here.
    await new Promise(setImmediate)
    if (fault) throw new SmtpError(fromSystemError(fault, 'tls-handshake'))
    return secured
  } catch (error) {
    if (!(error instanceof SmtpError)) throw error
    const { facts } = error
    const { minVersion = LEAST_VERSION } = settings ?? {}
    if (facts.code === 'tls-version') throw new SmtpError({ ...facts, values: { version: minVersion.replace('v', ' ') } })
    throw error
  } finally {
    if (handshake) onHandshake(handshake)
  }
}

function optionsFor(socket: Socket, host: string, settings: TlsSettings | undefined): ConnectionOptions {
  const name = settings?.servername ?? host
  return {
    ...nodeTlsOf(settings),
    secureContext: secureContextFor(settings),
    socket,
    // Verification goes by servername, or by host where that is an address: an address is no SNI name (RFC 6066 §3).
    host: name,
    ...(ipFamily(name) === 0 && { servername: name }),
    rejectUnauthorized: settings?.rejectUnauthorized !== false,
  }
}

/** Node asks for the certificate once more in a moment, for its own check, and is given what was read: reading it takes long. */
function handshakeOf(socket: TLSSocket, whole: boolean): Handshake {
  const certificate: PeerCertificate | DetailedPeerCertificate = socket.getPeerCertificate(whole)
  Object.assign(socket, { getPeerCertificate: () => certificate })
  socket.once('secureConnect', () => Reflect.deleteProperty(socket, 'getPeerCertificate'))
  return { protocol: socket.getProtocol() ?? '', cipher: socket.getCipher().standardName, certificate }
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
