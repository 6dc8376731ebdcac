import type { TLSSocket } from 'node:tls'

/** Milliseconds that session tickets are waited for: in one's own network they have come by then, from further away they cannot. */
export const TICKETS_WITHIN = 5

/**
 * TLS 1.3 sends session tickets behind the handshake. A server that has not seen them acknowledged keeps its next reply back
 * (RFC 896), and a client with nothing to say acknowledges after 40 ms (RFC 1122 §4.2.3.2): so what is written before they are
 * here goes out when they are.
 *
 * @param opening a connection whose handshake is not over yet
 */
export function speakAfterTickets(opening: TLSSocket): void {
  opening.once('secureConnect', () => {
    if (opening.getProtocol() !== 'TLSv1.3') return
    opening.cork()
    const speak = () => {
      clearTimeout(timer)
      opening.off('session', speak)
      // Not from within the event: it comes in the midst of OpenSSL's reading, which loses its place when something is written.
      setImmediate(() => opening.uncork())
    }
    const timer = setTimeout(speak, TICKETS_WITHIN).unref()
    // Node holds back those that came sooner until now.
    opening.once('session', speak)
  })
}
