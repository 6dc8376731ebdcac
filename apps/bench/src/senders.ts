import { createTransport, type SubmissionSettings } from '@postern/nodemailer'
import type { ProviderSettings } from '@postern/testing'
import nodemailer from 'nodemailer'
import type Mail from 'nodemailer/lib/mailer'
import { type Account, nodemailerOptions } from './account.ts'
import type { Subject } from './measure.ts'
import type { PostfixServer } from './postfix/index.ts'

export interface Target extends Account {
  readonly settings: SubmissionSettings
  readonly recipient: string
  /** The ports with STARTTLS, best first. */
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

/** A transport that is ready to send. */
export interface Sender {
  send(subject: string): Promise<unknown>
  close(options?: { readonly force: boolean }): void
}

export type SenderFactory = (target: Target, options?: { readonly pool?: boolean; readonly plugIn?: boolean }) => Sender

/** A plug-in that passes the message stream through, like DKIM without its work. */
const passThrough: Parameters<Mail['use']>[1] = ({ message }, done) => {
  message.processFunc((body) => body)
  done()
}

export const postern: SenderFactory = (target, { pool = false, plugIn = false } = {}) => {
  const transport = createTransport(target.settings, { pool })
  if (plugIn) transport.use('stream', passThrough)
  return { send: (subject) => transport.sendMail(mailFor(target, subject)), close: (options) => transport.close(options) }
}

/** nodemailer on one port, with STARTTLS required. @param rank the index in the target's ports */
export const plainNodemailer =
  (rank = 0): SenderFactory =>
  (target, { pool = false, plugIn = false } = {}) => {
    const transport = nodemailer.createTransport({ ...nodemailerOptions(target, target.ports[rank]!), pool })
    if (plugIn) transport.use('stream', passThrough)
    return { send: (subject) => transport.sendMail(mailFor(target, subject)), close: (options) => transport.close(options) }
  }

/** A common workaround in apps: try one port for ten seconds, then the next. */
export const handWrittenLoop: SenderFactory = (target, { pool = false } = {}) => {
  const timeouts = { connectionTimeout: 10_000, greetingTimeout: 10_000 }
  const transports = target.ports.map((port) => nodemailer.createTransport({ ...nodemailerOptions(target, port), ...timeouts, pool }))
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

/** Creates a transport and sends one message. */
export function oneMail(make: () => Sender): Subject {
  return {
    async run() {
      const sender = make()
      await sender.send('first')
      sender.close()
    },
  }
}

export function mailFor({ auth, recipient }: Target, subject: string) {
  return { from: auth.user, to: recipient, subject, text: 'A message of a few words, as apps send them.' }
}
