/** The parts of a mailer that closing needs. Both are optional, as not every mailer has them. */
export interface ClosableMailer {
  /** Resolves when no message is pending. */
  settled?(): Promise<void>
  /** With `force`, pending messages are given up. */
  close?(options?: { readonly force?: boolean }): void
}

/**
 * Closes a mailer after its last message.
 *
 * @param ms milliseconds after which pending messages are given up
 * @example
 * server.once('close', () => closeAfterLastMessage(mailer, 10_000))
 */
export async function closeAfterLastMessage(mailer: ClosableMailer, ms: number): Promise<void> {
  if (mailer.settled) {
    const timer = setTimeout(() => mailer.close?.({ force: true }), ms)
    await mailer.settled().finally(() => clearTimeout(timer))
  }
  mailer.close?.()
}
