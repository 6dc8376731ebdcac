/** What can send mail: nodemailer's transporter, Postern's, or a stand-in for tests. */
export interface Mailer {
  // oxlint-disable-next-line typescript/no-explicit-any -- each mailer has its own kind of message
  sendMail(message: any): Promise<unknown>
  close?(): void
}

/**
 * Say here what your mailer is, and `req.mailer` has its type everywhere.
 *
 * @example
 * declare module '@postern/express' {
 *   interface Register {
 *     mailer: import('@postern/nodemailer').Transporter
 *   }
 * }
 */
// oxlint-disable-next-line typescript/no-empty-object-type -- it is there to be merged with
export interface Register {}

/** The type of `req.mailer`: what was registered, else any mailer. */
export type RequestMailer = Register extends { readonly mailer: infer Registered extends Mailer } ? Registered : Mailer
