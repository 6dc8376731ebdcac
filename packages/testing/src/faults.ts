import type { SecureContextOptions } from 'node:tls'
import type { Socket } from 'node:net'
import { type Act, type Acts, drop, hang, hold, refusal, reply, type Scene } from './act.ts'
import type { CertificateKind } from './certificates.ts'
import type { Fault } from './fault.ts'
import type { PortSecurity } from './nominal-port.ts'

/** What a fault changes. Where nothing is said, the port behaves. */
export interface FaultPlan {
  /** The kind of port it makes sense on; unset: every one. */
  readonly only?: PortSecurity
  /** What has taken the port in place of a listener. */
  readonly occupant?: 'nobody' | 'black-hole'
  /** What happens to a fresh connection, in place of a conversation. */
  readonly onSocket?: (socket: Socket) => void
  readonly certificate?: CertificateKind
  readonly tls?: SecureContextOptions
  /** Encrypt as the other kind of port does. */
  readonly swapSecurity?: boolean
  readonly cleartext?: boolean
  readonly noAuth?: boolean
  /** Who speaks in place of the mail server, and when. */
  readonly acts?: Acts
}

const ehloRejected = reply(550, 'We do not talk to strangers')

/** Every fault and what it changes: one line each. */
export const faultPlans: Readonly<Record<Fault, FaultPlan>> = {
  refuse: { occupant: 'nobody' },
  'black-hole': { occupant: 'black-hole' },
  // Read on, or the client's goodbye would never be noticed.
  silent: { onSocket: (socket) => socket.resume() },
  reset: { onSocket: (socket) => socket.resetAndDestroy() },

  'bad-banner': { acts: { greeting: say('SSH-2.0-OpenSSH_9.6\r\n') } },
  'http-banner': { acts: { greeting: say('HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n') } },
  'greeting-rejected': { acts: { greeting: reply(554, '5.3.2 No mail service here') } },
  'greeting-deferred': { acts: { greeting: reply(421, '4.3.2 Too busy, try again later') } },
  'greeting-flood': { acts: { greeting: flood('x'.repeat(16_384)) } },

  'ehlo-rejected': { acts: { EHLO: ehloRejected, HELO: ehloRejected } },
  'ehlo-endless': { acts: { EHLO: flood('250-X\r\n'.repeat(1024)) } },
  drip: { acts: { EHLO: drip } },

  'no-starttls': { only: 'starttls', cleartext: true, acts: { STARTTLS: reply(502, '5.5.1 Command not implemented') } },
  'starttls-refused': { only: 'starttls', acts: { STARTTLS: reply(454, '4.7.0 TLS not available, try again later') } },
  'starttls-injection': { only: 'starttls', acts: { STARTTLS: inject } },
  'starttls-hangs': { only: 'starttls', acts: { STARTTLS: say('220 2.0.0 Ready to start TLS\r\n') } },
  // OpenSSL 3 keeps TLS 1.1 for those who give up its security level.
  'tls-outdated': { tls: { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT:@SECLEVEL=0' } },
  'implicit-plain': { only: 'implicit', swapSecurity: true },
  'plain-implicit': { only: 'starttls', swapSecurity: true },

  'bad-certificate': { certificate: 'untrusted' },
  'certificate-expired': { certificate: 'expired' },
  'certificate-not-yet-valid': { certificate: 'not-yet-valid' },
  'certificate-name': { certificate: 'other-name' },

  'auth-not-offered': { noAuth: true },
  'auth-rejected': { acts: { login: reply(535, '5.7.8 Authentication credentials invalid') } },
  'auth-temporary': { acts: { login: reply(454, '4.7.0 Temporary authentication failure') } },
  'auth-drops': { acts: { login: drop } },
  'auth-echo': { acts: { login: echo } },
  'auth-endless': { acts: { AUTH: challengeForEver } },

  'sender-rejected': { acts: { MAIL: reply(550, '5.1.8 Sender rejected') } },
  'recipient-rejected': { acts: { RCPT: reply(550, '5.1.1 No such mailbox') } },
  'message-rejected': { acts: { message: reply(554, '5.7.1 Message refused') } },
  'message-deferred': { acts: { message: reply(451, '4.7.1 Message refused for now, try again later') } },
  'drops-at-mail': { acts: { MAIL: drop } },
  'drops-in-body': { acts: { body: drop } },
  'drops-after-body': { acts: { stored: drop } },
  'hangs-after-body': { acts: { stored: hang } },

  'holds-at-mail': { acts: { MAIL: hold } },
  'holds-at-rcpt': { acts: { RCPT: hold } },
  'holds-at-data': { acts: { DATA: hold } },
  'holds-after-body': { acts: { stored: hold } },
}

/** Every fault there is, in the order of the conversation. */
export const faultNames = Object.keys(faultPlans) as readonly Fault[]

function say(bytes: string): Act {
  return ({ connection }) => {
    connection.write(bytes)
    connection.deafen()
    return 'no-reply'
  }
}

function flood(bytes: string): Act {
  return ({ connection }) => {
    connection.flood(bytes)
    return 'no-reply'
  }
}

/** The right answer, one byte to a packet. */
function drip({ connection, next, line }: Scene): 'no-reply' {
  const bytes = connection.capture(() => connection.handler_EHLO(line, () => {}))
  const send = (at: number) => {
    if (at === bytes.length) return next()
    connection.write(bytes.subarray(at, at + 1))
    setImmediate(send, at + 1)
  }
  send(0)
  return 'no-reply'
}

/** Plaintext behind the reply, in the same packet: what an attacker on the way would slip in. */
function inject({ connection, next }: Scene): 'no-reply' {
  connection.write('220 2.0.0 Ready to start TLS\r\n250 2.0.0 injected\r\n')
  connection.upgrade(next)
  return 'no-reply'
}

/** The credentials come back, as they are and as they were sent. */
function echo({ login }: Scene) {
  const { username = '', password, accessToken, authzid = '', method } = login ?? { method: 'PLAIN' }
  const sent: Readonly<Record<string, readonly string[]>> = {
    PLAIN: [`${authzid}\0${username}\0${password}`],
    LOGIN: [username, `${password}`],
    XOAUTH2: [`user=${username}\u0001auth=Bearer ${accessToken}\u0001\u0001`],
  }
  const raw = (sent[method] ?? []).map((part) => Buffer.from(part).toString('base64'))
  return refusal(535, `5.7.8 Cannot log ${username} in with ${accessToken ?? password} (${raw.join(' ')})`)
}

function challengeForEver({ connection, next }: Scene): 'no-reply' {
  connection.challenge((then) => challengeForEver({ connection, next: then, line: Buffer.alloc(0), proceed: then }))
  next()
  return 'no-reply'
}
