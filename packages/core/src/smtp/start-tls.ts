import type { Socket } from 'node:net'
import { type CipherNameAndProtocol, type ConnectionOptions, connect as tlsConnect, type TLSSocket } from 'node:tls'
import { ipFamily } from '../ip-family.ts'
import { fromSystemError } from '../failure/from-system-error.ts'
import { SmtpError } from '../failure/smtp-error.ts'
import { nodeTlsOf } from '../settings/node-tls.ts'
import type { TlsSettings } from '../settings/settings.ts'
import { bounded, type Bounds } from './bounded.ts'
import type { ShownCertificate } from './certificate-chain.ts'
import { ignore, withErrorGuard } from './error-guard.ts'
import { Pins } from './pins.ts'
import { LEAST_VERSION, secureContextFor } from './secure-context.ts'
import { writeAfterTickets, TICKET_WAIT } from './session-tickets.ts'

/** The state of TLS right after the handshake. */
export interface Handshake {
  readonly protocol: string
  /** The cipher's standard name. */
  readonly cipher: string
  /** The peer certificate, with its chain if that was requested. It may be invalid. */
  readonly certificate: ShownCertificate
}

/** Options of `startTls`. */
export interface HandshakeOptions {
  /** Whether to read the whole certificate chain, which takes ten times as long as the certificate alone. */
  readonly withChain: boolean
  /** The shortest round trip so far in milliseconds; `Infinity` if unknown. */
  readonly roundTrip: number
  /** Called after a complete handshake, even if the certificate was refused. */
  readonly onHandshake: (handshake: Handshake) => void
}

/**
 * Starts TLS on an open connection and verifies the certificate against the host name (RFC 8314 §5), not the address.
 *
 * @throws PinnedCertificateSeen if a new connection can trust the certificate
 * @throws SmtpError `tls-handshake`, `tls-version`, `certificate-…`, `connection-lost`, or the codes of the bounds
 */
export async function startTls(
  socket: Socket,
  host: string,
  settings: TlsSettings | undefined,
  bounds: Bounds,
  { withChain, roundTrip, onHandshake }: HandshakeOptions,
): Promise<TLSSocket> {
  let handshake: Handshake | undefined
  const pins = settings?.fingerprints && new Pins(settings, settings.fingerprints)
  try {
    const secured = await securedSocket(bounds, () => {
      const opening = tlsConnect(pins ? { ...optionsFor(socket, host, pins.settings), checkServerIdentity: pins.checkServerIdentity } : optionsFor(socket, host, settings))
      if (roundTrip < TICKET_WAIT) writeAfterTickets(opening)
      // Read before Node verifies the certificate: it closes the connection on failure, and then the certificate is gone.
      const readChain = withChain || pins !== undefined || settings?.checkServerIdentity !== undefined
      return opening.prependOnceListener('secure', () => (handshake = handshakeOf(opening, readChain)))
    })
    // When TLS fails after the handshake, Node leaves the connection open. It is unusable then.
    let failed: Error | undefined
    secured.on('error', (error) => {
      failed ??= error
      secured.destroy()
    })
    // The caller's `ciphers` may allow NULL ciphers, which do not encrypt.
    if (secured.getCipher().name.includes('NULL')) {
      secured.destroy()
      throw new SmtpError({ code: 'tls-handshake' })
    }
    // Node sends the client's last handshake message in a later tick. Let it go out before the caller's next work.
    await new Promise(setImmediate)
    if (failed) throw new SmtpError(fromSystemError(failed, 'tls-handshake'))
    return secured
  } catch (error) {
    if (!(error instanceof SmtpError)) throw error
    const { facts } = error
    // Bun and Deno do not show a certificate that was refused.
    if (pins && facts.code.startsWith('certificate-')) throw pins.explain(error, handshake?.certificate ?? {})
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
    // Node verifies `servername`, or `host` without one: an IP address is not allowed in SNI (RFC 6066 §3).
    host: name,
    ...(ipFamily(name) === 0 && { servername: name }),
    rejectUnauthorized: settings?.rejectUnauthorized !== false,
  }
}

/** Reads the handshake. Node reads the certificate again to verify it, which is slow, so it gets the object read here. */
function handshakeOf(socket: TLSSocket, withChain: boolean): Handshake {
  // Bun has neither the certificate nor the cipher if the certificate was refused.
  const certificate = (socket.getPeerCertificate(withChain) as ShownCertificate | null) ?? {}
  Object.assign(socket, { getPeerCertificate: () => certificate })
  socket.once('secureConnect', () => Reflect.deleteProperty(socket, 'getPeerCertificate'))
  const cipher = socket.getCipher() as CipherNameAndProtocol | undefined
  return { protocol: socket.getProtocol() ?? '', cipher: cipher?.standardName ?? '', certificate }
}

/** Waits for the handshake; destroys the socket if it fails. */
async function securedSocket(bounds: Bounds, open: () => TLSSocket): Promise<TLSSocket> {
  let socket: TLSSocket | undefined
  try {
    return await bounded<TLSSocket>(bounds, (resolve, reject) => {
      const opening = (socket = open())
      if (bounds.background) opening.unref()
      const onOpen = () => resolve(withErrorGuard(opening))
      const onError = (error: Error) => reject(new SmtpError(fromSystemError(error, 'tls-handshake')))
      const onClose = () => reject(new SmtpError({ code: 'connection-lost' }))
      opening.once('secureConnect', onOpen).once('error', onError).once('close', onClose)
      return () => {
        opening.off('secureConnect', onOpen).off('error', onError).off('close', onClose)
      }
    })
  } catch (error) {
    // `destroy` may cause a further error, which is ignored.
    socket?.on('error', ignore).destroy()
    throw error
  }
}
