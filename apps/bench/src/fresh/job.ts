/** The libraries that a fresh process can send with. */
export type SenderName = 'postern' | 'nodemailer' | 'upyo'

/** A server, for clients that know Postern's settings and for those that do not. */
export interface Server {
  readonly host: string
  readonly auth: { readonly user: string; readonly pass: string }
  readonly tls: { readonly ca: string }
  /** The ladder, as Postern climbs it. */
  readonly candidates: readonly { readonly port: number; readonly security: 'starttls' | 'implicit' }[]
  /** The port with STARTTLS for those that use one alone. */
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
  /** Bytes of the attachment of each message. @default none */
  readonly attached?: number
  /** How often: the first time is the one in a fresh process. @default 1 */
  readonly times?: number
}

/** Messages composed by nodemailer and not sent. */
export interface Compose {
  readonly kind: 'compose'
  readonly count: number
  readonly text: number
  readonly times?: number
}

/** Transports made one after the other. */
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

/** What a fresh process is to do. */
export type Job = Mails | Compose | Create | Idle

/** The time and work of one run of `mails` or `compose`. */
export interface Run {
  readonly ms: number
  /** User and system time, milliseconds. */
  readonly cpu: number
  /** When the last message was accepted, in milliseconds since 1970. */
  readonly ended: number
  /** Write calls of the process, as the system counts them. */
  readonly writes: number
}

/** What a fresh process has measured. */
export interface Result {
  /** Milliseconds that importing the library took. */
  readonly imported: number
  readonly runs: readonly Run[]
  /** Milliseconds of the first `createTransport`, and of each of the others. */
  readonly created?: { readonly first: number; readonly each: number }
  /** Bytes of heap for each transport. */
  readonly heap?: number
}
