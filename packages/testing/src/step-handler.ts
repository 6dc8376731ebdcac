import type { SMTPServerAuthentication } from 'smtp-server'

/** The steps of a session at which a fault can replace the server's reply. */
export type Step =
  | 'greeting'
  | 'EHLO'
  | 'HELO'
  | 'STARTTLS'
  | 'AUTH'
  /** The credentials are complete. */
  | 'login'
  | 'MAIL'
  | 'RCPT'
  | 'DATA'
  /** The first bytes of the message have arrived. */
  | 'body'
  /** The message is complete but not yet in the mailbox. */
  | 'message'
  /** The message is in the mailbox but not yet acknowledged. */
  | 'stored'

/** Replaces the server's reply at one step. */
export type StepHandler = (context: StepContext) => StepResult

/** Handlers by step. A step without one is answered as usual. */
export type StepHandlers = { readonly [S in Step]?: StepHandler }

export interface StepContext {
  readonly connection: ConnectionControls
  /** The command line; empty at steps that are not commands. */
  readonly line: Buffer
  /** The credentials, at `login`. */
  readonly login?: SMTPServerAuthentication
  /** Continues with the client's next command; does nothing at steps that are not commands. */
  readonly next: () => void
  /** Replies as without the handler; works at commands, `message` and `stored`. */
  readonly proceed: () => void
}

/** An error reply to send, or `no-reply` where the handler has done all there is to do. */
export type StepResult = Refusal | 'no-reply'

/** The error that smtp-server's callbacks turn into a reply. */
export type Refusal = Error & { readonly responseCode: number }

export function refusal(responseCode: number, text: string): Refusal {
  return Object.assign(new Error(text), { responseCode })
}

/** What a handler can do to its connection. */
export interface ConnectionControls {
  /** Sends bytes unchanged. */
  write(bytes: string | Buffer): void
  /** Sends bytes in plaintext although TLS has started; on ports that use STARTTLS. */
  writeBelowTls(bytes: string): void
  /** Writes `bytes` repeatedly until the client disconnects, as fast as it reads them. */
  flood(bytes: string): void
  /** Returns the server's reply to EHLO instead of sending it. */
  ehloReply(line: Buffer): Buffer
  /** Sends a 334 challenge and passes the client's next line to `onAnswer`. */
  challenge(onAnswer: (next: () => void) => void): void
  /** Starts the server side of a TLS handshake. */
  upgrade(onSecure: () => void): void
  /** From now on, everything the client sends is read and discarded. */
  ignoreInput(): void
  /** Delays `proceed` until the test calls `release` for this port. */
  hold(proceed: () => void): void
  /** Destroys the connection without a reply. */
  drop(): void
}
