import { createTransport } from '@postern/nodemailer'
import nodemailer from 'nodemailer'
import type { Subject } from './measure.ts'
import type { PostfixServer } from './postfix/index.ts'

/** `timing.preferenceGrace` as it is by default: how long 587 may take before the ports after it are good enough. */
export const GRACE = 1_500

/** A way to send, ready to be measured: everything that a process would make once is made by then. */
export interface Sender {
  send(subject: string): Promise<unknown>
  close(): void
}

export type SenderFactory = (postfix: PostfixServer, options?: { readonly pool?: boolean }) => Sender

export const postern: SenderFactory = (postfix, { pool = false } = {}) => {
  const transport = createTransport(postfix.settings, { pool })
  return { send: (subject) => transport.sendMail(mailFor(postfix, subject)), close: () => transport.close() }
}

/** nodemailer as its documentation sets it up for one port, with TLS required. */
export const plainNodemailer =
  (port: number): SenderFactory =>
  (postfix, { pool = false } = {}) => {
    const transport = nodemailer.createTransport({
      ...postfix.settings,
      tls: { ...postfix.settings.tls },
      auth: { ...postfix.settings.auth },
      port,
      secure: port === 465,
      requireTLS: true,
      pool,
    })
    return { send: (subject) => transport.sendMail(mailFor(postfix, subject)), close: () => transport.close() }
  }

/** What many apps have: try 587, give it ten seconds, then try 2525. */
export const handWrittenLoop: SenderFactory = (postfix) => {
  const transports = [587, 2525].map((port) =>
    nodemailer.createTransport({
      ...postfix.settings,
      tls: { ...postfix.settings.tls },
      auth: { ...postfix.settings.auth },
      port,
      requireTLS: true,
      connectionTimeout: 10_000,
    }),
  )
  return {
    async send(subject) {
      for (const transport of transports) {
        try {
          return await transport.sendMail(mailFor(postfix, subject))
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

/** What a client needs that knows nothing of Postern's settings. */
export interface Target {
  readonly host: string
  readonly auth: { readonly user: string; readonly pass: string }
  readonly tls: { readonly ca: string }
  readonly recipient: string
  /** The best one first. */
  readonly ports: readonly number[]
}

export function targetOf(postfix: PostfixServer): Target {
  return { ...postfix.settings, recipient: postfix.recipient, ports: [587, 2525] }
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

function mailFor(postfix: PostfixServer, subject: string) {
  return { from: postfix.auth.user, to: postfix.recipient, subject, text: 'A message of a few words, as apps send them.' }
}
