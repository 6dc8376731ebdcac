import { createTransport, type SubmissionSettings } from '@postern/nodemailer'
import type { ProviderSettings } from '@postern/testing'
import nodemailer from 'nodemailer'
import type Mail from 'nodemailer/lib/mailer'
import type { Subject } from './measure.ts'
import type { PostfixServer } from './postfix/index.ts'

/** `timing.attemptDelay` as it is by default: how long 587 has before the next port is tried beside it. */
export const ATTEMPT_DELAY = 250

/** A server to send to, for clients that know Postern's settings and for those that do not. */
export interface Target {
  readonly settings: SubmissionSettings
  readonly host: string
  readonly auth: { readonly user: string; readonly pass: string }
  readonly tls: { readonly ca: string }
  readonly recipient: string
  /** Those with STARTTLS, the best one first. */
  readonly ports: readonly number[]
}

export function targetOf({ settings, recipient }: PostfixServer): Target {
  const { host, auth, tls } = settings
  return { settings, host, auth, tls, recipient, ports: [587, 2525] }
}

export function targetIn(settings: ProviderSettings): Target {
  const { host, auth, tls, candidates } = settings
  const ports = candidates.filter(({ security }) => security === 'starttls').map(({ port }) => port)
  return { settings, host, auth, tls, ports, recipient: 'reader@example.net' }
}

/** A way to send, ready to be measured: everything that a process would make once is made by then. */
export interface Sender {
  send(subject: string): Promise<unknown>
  close(options?: { readonly force: boolean }): void
}

export type SenderFactory = (target: Target, options?: { readonly pool?: boolean; readonly plugIn?: boolean }) => Sender

/** What DKIM and other plug-ins do with a message, without their own work: they put themselves between it and its reader. */
const between: Parameters<Mail['use']>[1] = ({ message }, done) => {
  message.processFunc((body) => body)
  done()
}

export const postern: SenderFactory = (target, { pool = false, plugIn = false } = {}) => {
  const transport = createTransport(target.settings, { pool })
  if (plugIn) transport.use('stream', between)
  return { send: (subject) => transport.sendMail(mailFor(target, subject)), close: (options) => transport.close(options) }
}

/** nodemailer as its documentation sets it up for one port, with TLS required. @param rank which of the target's ports */
export const plainNodemailer =
  (rank = 0): SenderFactory =>
  (target, { pool = false, plugIn = false } = {}) => {
    const { host, auth, tls, ports } = target
    const transport = nodemailer.createTransport({ host, port: ports[rank]!, auth: { ...auth }, tls: { ...tls }, requireTLS: true, pool })
    if (plugIn) transport.use('stream', between)
    return { send: (subject) => transport.sendMail(mailFor(target, subject)), close: (options) => transport.close(options) }
  }

/** What many apps have: try one port, give it ten seconds, then try the other. */
export const handWrittenLoop: SenderFactory = (target, { pool = false } = {}) => {
  const { host, auth, tls, ports } = target
  const waits = { connectionTimeout: 10_000, greetingTimeout: 10_000 }
  const transports = ports.map((port) => nodemailer.createTransport({ host, port, auth: { ...auth }, tls: { ...tls }, requireTLS: true, ...waits, pool }))
  return {
    async send(subject) {
      for (const transport of transports) {
        try {
          return await transport.sendMail(mailFor(target, subject))
        } catch (error) {
          if (transport === transports.at(-1)) throw error
        }
      }
      return undefined
    },
    close: () => {
      for (const transport of transports) transport.close()
    },
  }
}

/** A new transport, and one message with it. */
export function oneMail(make: () => Sender): Subject {
  return {
    async run() {
      const sender = make()
      await sender.send('first')
      sender.close()
    },
  }
}

function mailFor({ auth, recipient }: Target, subject: string) {
  return { from: auth.user, to: recipient, subject, text: 'A message of a few words, as apps send them.' }
}
