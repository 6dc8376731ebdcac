import type { Account } from '../account.ts'

/** The libraries to compare. */
export type SenderName = 'postern' | 'nodemailer' | 'upyo'

export interface Server extends Account {
  /** The endpoints for Postern, best first. */
  readonly candidates: readonly { readonly port: number; readonly security: 'starttls' | 'implicit' }[]
  /** The STARTTLS port for libraries that use a single port. */
  readonly port: number
}

/** Messages to send over a new transport. */
export interface Mails {
  readonly kind: 'mails'
  readonly server: Server
  /** Pooled connections; 0 for no pool. */
  readonly connections: number
  readonly count: number
  /** Characters of text in each message. */
  readonly text: number
  /** Bytes of attachment per message. @default none */
  readonly attached?: number
  /** Number of runs; only the first is in a fresh process. @default 1 */
  readonly times?: number
}

/** Messages that nodemailer composes without sending. */
export interface Compose {
  readonly kind: 'compose'
  readonly count: number
  readonly text: number
  readonly times?: number
}

/** Transports created one after the other. */
export interface Create {
  readonly kind: 'create'
  readonly server: Server
  readonly count: number
}

/** The memory of idle transports. Needs `--expose-gc`. */
export interface Idle {
  readonly kind: 'idle'
  readonly server: Server
  readonly count: number
  /** Whether each has sent one message. */
  readonly used: boolean
}

/** The work of one fresh process. */
export type Job = Mails | Compose | Create | Idle

/** Measurements of one run of `mails` or `compose`. */
export interface Run {
  readonly ms: number
  /** User and system time, milliseconds. */
  readonly cpu: number
  /** When the last message was accepted, in milliseconds since 1970. */
  readonly ended: number
  /** Write system calls of the process. */
  readonly writes: number
}

/** The measurements of one fresh process. */
export interface Result {
  /** Milliseconds to import the library. */
  readonly imported: number
  readonly runs: readonly Run[]
  /** Milliseconds of the first `createTransport`, and the mean of the others. */
  readonly created?: { readonly first: number; readonly each: number }
  /** Bytes of heap per transport. */
  readonly heap?: number
}
