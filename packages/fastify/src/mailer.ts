import type { ClosableMailer } from '@postern/core/http'

/** Postern's transporter, nodemailer's, or a test double. */
export interface Mailer extends ClosableMailer {
  // oxlint-disable-next-line typescript/no-explicit-any -- each mailer has its own message type
  sendMail(message: any): Promise<unknown>
}

/**
 * Augment this interface with the type of your mailer to type `fastify.mailer` everywhere.
 *
 * @example
 * declare module '@postern/fastify' {
 *   interface Register {
 *     mailer: import('@postern/nodemailer').Transporter
 *   }
 * }
 */
// oxlint-disable-next-line typescript/no-empty-object-type -- for declaration merging
export interface Register {}

/** The type of `fastify.mailer`: the one in {@link Register}, otherwise `Mailer`. */
export type RegisteredMailer = Register extends { readonly mailer: infer Registered extends Mailer } ? Registered : Mailer
