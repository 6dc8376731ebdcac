import type { Certificates } from '../host/certificates.ts'
import type { Namespace } from '../host/namespace.ts'

/** The account of a server. */
export interface Login {
  readonly user: string
  readonly pass: string
}

/** A server that runs, on 587 and 2525 for STARTTLS and on 465 for implicit TLS. */
export interface RunningServer {
  readonly host: string
  /** A second name in the certificate, which no name server knows. */
  readonly hostname: string
  /** The certificate of the authority that signed the server's, PEM. */
  readonly ca: string
  readonly auth: Login
  /** Everything the server wrote so far. */
  log(): Promise<string>
  /** Ends the server and removes its namespace, link and files. May be called again. */
  close(): Promise<void>
}

/** What is known of a server, as configured here. */
interface Facts {
  readonly greeting: RegExp
  /** The keywords of its reply to EHLO under TLS. */
  readonly capabilities: readonly string[]
  /** The mechanisms it offers under TLS. */
  readonly mechanisms: readonly string[]
  /** Whether it offers AUTH on a connection that is not yet encrypted, which nobody should believe. */
  readonly offersAuthInClear: boolean
  /** Whether 587 and 2525 have STARTTLS. */
  readonly hasStartTls: boolean
  /** What it writes for each login that it refuses; a server that writes nothing has none. */
  readonly refusedLogin?: RegExp
}

/** A row of the table. */
export interface MailServer {
  readonly name: string
  readonly facts: Facts
  /** Whether it can be had on this machine; without this, it must. */
  readonly obtainable?: () => Promise<boolean>
  readonly start: () => Promise<RunningServer>
}

/** Where and for whom a server is to run. */
export interface Place {
  readonly namespace: Namespace
  /** A folder that every user may enter. */
  readonly root: string
  readonly host: string
  readonly hostname: string
  readonly certificates: Certificates
  readonly auth: Login
}
