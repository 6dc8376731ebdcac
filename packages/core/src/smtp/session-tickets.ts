import type { TLSSocket } from 'node:tls'

/** Milliseconds to wait for session tickets. On a local network they arrive within this time; with a longer round trip they cannot. */
export const TICKET_WAIT = 5

/**
 * Delays writes until the session tickets of TLS 1.3 have arrived. The server sends them after the handshake, and Nagle's
 * algorithm (RFC 896) holds back its next reply until they are acknowledged. A client without data to send acknowledges after
 * 40 ms (delayed ACK, RFC 1122 §4.2.3.2).
 *
 * @param opening a connection whose handshake is not complete
 */
export function writeAfterTickets(opening: TLSSocket): void {
  opening.once('secureConnect', () => {
    if (opening.getProtocol() !== 'TLSv1.3') return
    opening.cork()
    const flush = () => {
      clearTimeout(timer)
      opening.off('session', flush)
      // Deferred, because the event is emitted while OpenSSL is reading, and a write would disturb that.
      setImmediate(() => opening.uncork())
    }
    const timer = setTimeout(flush, TICKET_WAIT).unref()
    // Node emits `session` only after `secureConnect`, also for tickets that arrived earlier.
    opening.once('session', flush)
  })
}
