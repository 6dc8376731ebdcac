/** Postern's transporter, nodemailer's, or a test double. */
export interface Mailer {
  // oxlint-disable-next-line typescript/no-explicit-any -- each mailer has its own message type
  sendMail(message: any): Promise<unknown>
  /** Resolves when no message is pending. */
  settled?(): Promise<void>
  /** With `force`, pending messages are given up. */
  close?(options?: { readonly force?: boolean }): void
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

/** Closes a mailer after its last message. After `ms` milliseconds, pending messages are given up. */
export async function closeAfterLastMessage(mailer: Mailer, ms: number): Promise<void> {
  const timer = setTimeout(() => mailer.close?.({ force: true }), ms)
  try {
    await mailer.settled?.()
  } finally {
    clearTimeout(timer)
    mailer.close?.()
  }
}
