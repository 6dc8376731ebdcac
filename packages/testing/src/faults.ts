import type { SecureContextOptions } from 'node:tls'
import type { Socket } from 'node:net'
import type { CertificateKind } from './certificates.ts'
import type { Fault } from './fault.ts'
import { challengeForever, drip, drop, echoCredentials, flood, hang, hold, injectPlaintext, refuseIf, reply, send, sendBelowTls } from './handlers.ts'
import type { PortSecurity } from './nominal-port.ts'
import type { StepHandlers } from './step-handler.ts'

/** What a fault changes. Everything left out works as without the fault. */
export interface FaultPlan {
  /** The kind of port it applies to; unset: every port. */
  readonly only?: PortSecurity
  /** Nothing accepts connections on the port. */
  readonly mode?: 'reserved' | 'black-hole'
  /** Handles a new connection instead of the mail server. */
  readonly onSocket?: (socket: Socket) => void
  readonly certificate?: CertificateKind
  readonly tls?: SecureContextOptions
  /** Implicit TLS in place of STARTTLS, or the reverse. */
  readonly swapSecurity?: boolean
  readonly cleartext?: boolean
  readonly noAuth?: boolean
  readonly handlers?: StepHandlers
}

const ehloRejected = reply(550, 'Access denied')

/** Every fault, in the order of an SMTP session. */
export const faultPlans: Readonly<Record<Fault, FaultPlan>> = {
  refuse: { mode: 'reserved' },
  'black-hole': { mode: 'black-hole' },
  // Without reading, the client's FIN would never be seen.
  silent: { onSocket: (socket) => socket.resume() },
  reset: { onSocket: (socket) => socket.resetAndDestroy() },

  'bad-banner': { handlers: { greeting: send('SSH-2.0-OpenSSH_9.6\r\n') } },
  'http-banner': { handlers: { greeting: send('HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n') } },
  'greeting-rejected': { handlers: { greeting: reply(554, '5.3.2 No mail service here') } },
  'greeting-deferred': { handlers: { greeting: reply(421, '4.3.2 Too busy, try again later') } },
  'greeting-flood': { handlers: { greeting: flood('x'.repeat(16_384)) } },
  'rate-limited': { handlers: { greeting: reply(421, '4.7.0 Too many connections, try again in 60 seconds') } },

  'ehlo-rejected': { handlers: { EHLO: ehloRejected, HELO: ehloRejected } },
  // As smtp-relay.gmail.com does.
  'ehlo-literal-refused': { handlers: { EHLO: refuseIf(/^\S+ \[/, reply(421, '4.7.0 Try again later, closing connection. (EHLO)')) } },
  'ehlo-domain-refused': { handlers: { EHLO: refuseIf(/^\S+ [^[]/, reply(501, '5.5.2 Invalid name')) } },
  'ehlo-endless': { handlers: { EHLO: flood('250-X\r\n'.repeat(1024)) } },
  drip: { handlers: { EHLO: drip } },

  'no-starttls': { only: 'starttls', cleartext: true, handlers: { STARTTLS: reply(502, '5.5.1 Command not implemented') } },
  'starttls-refused': { only: 'starttls', handlers: { STARTTLS: reply(454, '4.7.0 TLS not available, try again later') } },
  'starttls-injection': { only: 'starttls', handlers: { STARTTLS: injectPlaintext } },
  'starttls-hangs': { only: 'starttls', handlers: { STARTTLS: send('220 2.0.0 Ready to start TLS\r\n') } },
  // OpenSSL 3 allows TLS 1.1 only at security level 0.
  'tls-outdated': { tls: { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT:@SECLEVEL=0' } },
  'implicit-plain': { only: 'implicit', swapSecurity: true },
  'plain-implicit': { only: 'starttls', swapSecurity: true },

  'bad-certificate': { certificate: 'untrusted' },
  'certificate-expired': { certificate: 'expired' },
  'certificate-not-yet-valid': { certificate: 'not-yet-valid' },
  'certificate-name': { certificate: 'other-name' },

  'auth-not-offered': { noAuth: true },
  'auth-rejected': { handlers: { login: reply(535, '5.7.8 Authentication credentials invalid') } },
  'auth-app-password': { handlers: { login: reply(534, '5.7.9 Application-specific password required') } },
  'auth-basic-disabled': { handlers: { login: reply(535, '5.7.139 Authentication unsuccessful, basic authentication is disabled') } },
  'auth-temporary': { handlers: { login: reply(454, '4.7.0 Temporary authentication failure') } },
  'auth-drops': { handlers: { login: drop } },
  'auth-echo': { handlers: { login: echoCredentials } },
  'auth-endless': { handlers: { AUTH: challengeForever } },

  'sender-rejected': { handlers: { MAIL: reply(550, '5.1.8 Sender rejected') } },
  'recipient-rejected': { handlers: { RCPT: reply(550, '5.1.1 No such mailbox') } },
  'message-rejected': { handlers: { message: reply(554, '5.7.1 Message refused') } },
  'message-deferred': { handlers: { message: reply(451, '4.7.1 Message refused for now, try again later') } },
  'plain-at-mail': { only: 'starttls', handlers: { MAIL: sendBelowTls('250 2.1.0 Accepted\r\n') } },
  'drops-at-mail': { handlers: { MAIL: drop } },
  'drops-in-body': { handlers: { body: drop } },
  'drops-after-body': { handlers: { stored: drop } },
  'hangs-after-body': { handlers: { stored: hang } },

  'holds-at-mail': { handlers: { MAIL: hold } },
  'holds-at-rcpt': { handlers: { RCPT: hold } },
  'holds-at-data': { handlers: { DATA: hold } },
  'holds-after-body': { handlers: { stored: hold } },
}

/** Every fault, in the order of an SMTP session. */
export const faultNames = Object.keys(faultPlans) as readonly Fault[]
