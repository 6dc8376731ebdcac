import type { SMTPServerAuthentication } from 'smtp-server'
import type { MailConnection } from './mail-connection.ts'

/** The moments of a conversation at which a fault can step in. */
export type Moment =
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
  /** The first bytes of the message are in. */
  | 'body'
  /** The message is complete and not yet in the mailbox. */
  | 'message'
  /** The message is in the mailbox and not yet acknowledged. */
  | 'stored'

/** Where in the conversation an act finds itself. */
export interface Scene {
  /** The command as it came, at the commands. */
  readonly line: Buffer
  readonly connection: MailConnection
  /** The credentials, at `login`. */
  readonly login?: SMTPServerAuthentication
  /** Goes on to the client's next command; of use at the commands only. */
  readonly next: () => void
  /** Does what would have been done without the act; of use at the commands, `message` and `stored`. */
  readonly proceed: () => void
}

/** A refusal to send, or the decision to send none. */
export type Outcome = Refusal | 'no-reply'

/** What smtp-server's callbacks take for a refusal. */
export type Refusal = Error & { readonly responseCode: number }

/** What a fault does at one moment. */
export type Act = (scene: Scene) => Outcome

/** Which moments a fault has taken over. */
export type Acts = { readonly [M in Moment]?: Act }

/** Refuses with this reply. */
export function reply(responseCode: number, text: string): Act {
  return () => refusal(responseCode, text)
}

/** A reply made to measure. */
export function refusal(responseCode: number, text: string): Refusal {
  return Object.assign(new Error(text), { responseCode })
}

/** Closes the connection without a word. */
export const drop: Act = ({ connection }) => {
  connection.drop()
  return 'no-reply'
}

/** Says nothing, and goes on saying nothing. */
export const hang: Act = ({ connection }) => {
  connection.deafen()
  return 'no-reply'
}

/** Holds the reply back until the test releases it. */
export const hold: Act = ({ connection, proceed }) => {
  connection.hold(proceed)
  return 'no-reply'
}
