import type { Fault } from './fault.ts'
import type { Limits } from './limits.ts'
import type { ReceivedMessage } from './mailbox.ts'
import type { NominalPort, PortSecurity } from './nominal-port.ts'
import type { Login } from './users.ts'
import type { WaitOptions } from './waits.ts'

/** How to start a provider. */
export interface ProviderOptions {
  /**
   * The address to listen on.
   * @default '127.0.0.1'
   */
  readonly host?: string
  /**
   * Who may log in: names and passwords. XOAUTH2 takes the password for an access token.
   * @default one user with a random password
   */
  readonly users?: Readonly<Record<string, string>>
  /**
   * The real port behind each nominal one; 0 takes a free one.
   * @default 0 for each
   */
  readonly ports?: Readonly<Partial<Record<NominalPort, number>>>
  /**
   * Faults that are there from the start.
   * @default none
   */
  readonly faults?: Readonly<Partial<Record<NominalPort, Fault>>>
  /**
   * Whether mail is only taken from those who have logged in.
   * @default true
   */
  readonly requireAuth?: boolean
  /**
   * Limits on connections and messages that are there from the start.
   * @default none
   */
  readonly limits?: Limits
  /**
   * Whether PIPELINING (RFC 2920) is offered.
   * @default true
   */
  readonly pipelining?: boolean
  /**
   * Whether CHUNKING (RFC 3030) is offered: messages may come by BDAT in place of DATA.
   * @default false
   */
  readonly chunking?: boolean
}

/** What `@postern/core` needs to send through a provider: `parseSettings` and all that takes settings accept it. */
export interface ProviderSettings {
  readonly host: string
  readonly auth: { readonly user: string; readonly pass: string }
  readonly tls: { readonly ca: string }
  /** The real ports behind 587, 2525 and 465, in that order. */
  readonly candidates: readonly { readonly port: number; readonly security: PortSecurity }[]
}

/** A mail provider that runs in this process. */
export interface Provider {
  /** The address it is reached at. */
  readonly host: string
  /** The real port behind each nominal one. They stay the same for the provider's life, whatever the faults. */
  readonly ports: Readonly<Record<NominalPort, number>>
  /** The certificate authority made at start, PEM. */
  readonly ca: string
  /** The first user. */
  readonly auth: { readonly user: string; readonly pass: string }
  readonly settings: ProviderSettings
  /** The mailbox, oldest first. It grows as mail comes in. */
  readonly messages: readonly ReceivedMessage[]
  /** How many TCP connections each port has taken so far; not those that were refused or left hanging. */
  readonly connections: Readonly<Record<NominalPort, number>>
  /** How many connections and messages were over a limit so far. */
  readonly turnedAway: { readonly connections: number; readonly messages: number }
  /** Every login tried, oldest first. It grows. */
  readonly logins: readonly Login[]

  /**
   * Switches a fault on, in place of whatever was there before. Open connections of that port are destroyed.
   * Resolves when it is in force.
   *
   * @param port The nominal port, or the real one behind it
   * @throws Error for a port or fault that does not exist, a fault that makes no sense on that port, a closed provider
   * @example
   * await provider.fault(587, 'black-hole')
   */
  fault(port: number, fault: Fault): Promise<void>

  /**
   * Puts a port in order again. Open connections of that port are destroyed.
   *
   * @param port The nominal port, or the real one behind it
   * @throws Error for a port that does not exist, a closed provider
   */
  heal(port: number): Promise<void>

  /**
   * Replaces every limit on connections and messages; `{}` lifts them. Open connections stay, those over the new limit
   * included, and the rate is counted anew.
   *
   * @throws Error for a limit that makes no sense, a closed provider
   * @example
   * provider.limit({ connections: 4, rate: { messages: 100, window: 1_000 } })
   */
  limit(limits: Limits): void

  /**
   * Sends the replies that a `holds-…` fault holds back on a port at this moment. Later ones are held back again.
   *
   * @param port The nominal port, or the real one behind it
   * @returns how many there were
   * @throws Error for a port that does not exist
   */
  release(port: number): number

  /**
   * Resolves once a `holds-…` fault holds back so many replies on a port at the same time.
   *
   * @param count how many connections wait for a reply; unset: 1
   * @throws the signal's reason when it fires; Error for a port that does not exist, or when the provider is closed first
   * @example
   * await provider.fault(587, 'holds-after-body')
   * const sending = mailer.sendMail(message)
   * await provider.waitForHeld(587)
   * provider.release(587)
   */
  waitForHeld(port: number, count?: number, options?: WaitOptions): Promise<void>

  /**
   * Gives a user another password or access token, and takes the one before away; also adds a user.
   *
   * @example
   * provider.setSecret('app@postern.test', 'a fresh token')
   */
  setSecret(user: string, secret: string): void

  /**
   * The first message of the mailbox that `matches`, at once or when it comes.
   *
   * @param matches Which one to wait for; unset: any
   * @throws the signal's reason when it fires; Error when the provider is closed first
   * @example
   * const message = await provider.waitForMessage(({ subject }) => subject === 'Welcome')
   */
  waitForMessage(matches?: (message: ReceivedMessage) => boolean, options?: WaitOptions): Promise<ReceivedMessage>

  /**
   * The whole mailbox, as soon as it holds `count` messages.
   *
   * @throws the signal's reason when it fires; Error when the provider is closed first
   */
  waitForMessages(count: number, options?: WaitOptions): Promise<readonly ReceivedMessage[]>

  /** Ends all connections, gives the ports back and leaves nothing running. Every further call is the first one's. */
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}
