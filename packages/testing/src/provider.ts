import type { Fault } from './fault.ts'
import type { Limits } from './limits.ts'
import type { ReceivedMessage } from './mailbox.ts'
import type { NominalPort, PortSecurity } from './nominal-port.ts'
import type { Login } from './users.ts'
import type { WaitOptions } from './waiters.ts'

/** Options of `startProvider`. */
export interface ProviderOptions {
  /**
   * The address to listen on.
   * @default '127.0.0.1'
   */
  readonly host?: string
  /**
   * User names and passwords. For XOAUTH2 the password is the access token.
   * @default one user with a random password
   */
  readonly users?: Readonly<Record<string, string>>
  /**
   * The real port for each nominal port; 0 for a free one.
   * @default 0 for each
   */
  readonly ports?: Readonly<Partial<Record<NominalPort, number>>>
  /**
   * Initial faults, by nominal port.
   * @default none
   */
  readonly faults?: Readonly<Partial<Record<NominalPort, Fault>>>
  /**
   * Whether MAIL requires a login.
   * @default true
   */
  readonly requireAuth?: boolean
  /**
   * Initial limits on connections and messages.
   * @default none
   */
  readonly limits?: Limits
  /**
   * Whether PIPELINING (RFC 2920) is offered.
   * @default true
   */
  readonly pipelining?: boolean
  /**
   * Whether CHUNKING (RFC 3030) is offered: BDAT in place of DATA.
   * @default false
   */
  readonly chunking?: boolean
}

/** Settings for a provider in the shape of `@postern/core`. */
export interface ProviderSettings {
  readonly host: string
  readonly auth: { readonly user: string; readonly pass: string }
  readonly tls: { readonly ca: string }
  /** The real ports for 587, 2525 and 465, in that order. */
  readonly candidates: readonly { readonly port: number; readonly security: PortSecurity }[]
}

/** A mail provider that runs in this process. */
export interface Provider {
  /** The address to connect to. */
  readonly host: string
  /** The real port for each nominal port. Faults do not change it. */
  readonly ports: Readonly<Record<NominalPort, number>>
  /** The certificate of the provider's own authority, PEM. */
  readonly ca: string
  /** The first user. */
  readonly auth: { readonly user: string; readonly pass: string }
  readonly settings: ProviderSettings
  /** The mailbox, oldest first; a live array. */
  readonly messages: readonly ReceivedMessage[]
  /** How many TCP connections each port has accepted so far. */
  readonly connections: Readonly<Record<NominalPort, number>>
  /** How many connections and messages were over a limit so far. */
  readonly overLimit: { readonly connections: number; readonly messages: number }
  /** Every login attempt, oldest first; a live array. */
  readonly logins: readonly Login[]

  /**
   * Switches a fault on, in place of the previous one, and destroys the port's open connections.
   * Resolves when the fault is active.
   *
   * @param port The nominal or the real port
   * @throws Error for an unknown port or fault, a fault that does not apply to the port, a closed provider
   * @example
   * await provider.fault(587, 'black-hole')
   */
  fault(port: number, fault: Fault): Promise<void>

  /**
   * Switches a port's fault off and destroys the port's open connections.
   *
   * @param port The nominal or the real port
   * @throws Error for an unknown port, a closed provider
   */
  heal(port: number): Promise<void>

  /**
   * Replaces every limit on connections and messages; `{}` removes them. Connections over a new limit stay open, and the
   * rate starts from zero.
   *
   * @throws Error for an invalid limit, a closed provider
   * @example
   * provider.limit({ connections: 4, rate: { messages: 100, window: 1_000 } })
   */
  limit(limits: Limits): void

  /**
   * Sends the replies that a `holds-…` fault has held back on a port so far. Later ones are held back again.
   *
   * @param port The nominal or the real port
   * @returns how many there were
   * @throws Error for an unknown port
   */
  release(port: number): number

  /**
   * Resolves once a `holds-…` fault holds back `count` replies on a port at the same time.
   *
   * @param count How many connections wait for a reply; unset: 1
   * @throws the signal's reason when aborted; Error for an unknown port, or when the provider is closed first
   * @example
   * await provider.fault(587, 'holds-after-body')
   * const sending = mailer.sendMail(message)
   * await provider.waitForHeld(587)
   * provider.release(587)
   */
  waitForHeld(port: number, count?: number, options?: WaitOptions): Promise<void>

  /**
   * Replaces a user's password or access token, or adds a user.
   *
   * @example
   * provider.setSecret('app@postern.test', 'a fresh token')
   */
  setSecret(user: string, secret: string): void

  /**
   * Resolves with the first message in the mailbox that matches, now or later.
   *
   * @param matches Selects the message; unset: any
   * @throws the signal's reason when aborted; Error when the provider is closed first
   * @example
   * const message = await provider.waitForMessage(({ subject }) => subject === 'Welcome')
   */
  waitForMessage(matches?: (message: ReceivedMessage) => boolean, options?: WaitOptions): Promise<ReceivedMessage>

  /**
   * Resolves with the whole mailbox once it holds `count` messages.
   *
   * @throws the signal's reason when aborted; Error when the provider is closed first
   */
  waitForMessages(count: number, options?: WaitOptions): Promise<readonly ReceivedMessage[]>

  /** Destroys all connections and frees the ports. Calling it again returns the same promise. */
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}
