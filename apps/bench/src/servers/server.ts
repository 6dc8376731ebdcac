import type { Certificates } from '../host/certificates.ts'
import type { Namespace } from '../host/namespace.ts'

export interface Login {
  readonly user: string
  readonly pass: string
}

/** A running server: STARTTLS on 587 and 2525, implicit TLS on 465. */
export interface RunningServer {
  readonly host: string
  /** A second name in the certificate. It is not in DNS. */
  readonly hostname: string
  /** The CA certificate, PEM. */
  readonly ca: string
  readonly auth: Login
  /** The server's output so far. */
  log(): Promise<string>
  /** Stops the server and removes its namespace, link and files. Idempotent. */
  close(): Promise<void>
}

/** The expected behavior of a server as configured here. */
interface Facts {
  readonly greeting: RegExp
  /** The EHLO keywords after TLS. */
  readonly capabilities: readonly string[]
  /** The AUTH mechanisms after TLS. */
  readonly mechanisms: readonly string[]
  /** Whether AUTH is offered before TLS. */
  readonly offersAuthInClear: boolean
  /** Whether 587 and 2525 offer STARTTLS. */
  readonly hasStartTls: boolean
  /** Matches the log line of a refused login; undefined if the server logs none. */
  readonly refusedLogin?: RegExp
}

/** One server of the test table. */
export interface MailServer {
  readonly name: string
  readonly facts: Facts
  /** Whether the server is available on this machine. @default always */
  readonly isAvailable?: () => Promise<boolean>
  readonly start: () => Promise<RunningServer>
}

/** The namespace, folder, certificate and account of a server. */
export interface ServerEnvironment {
  readonly namespace: Namespace
  /** A folder that every user can read. */
  readonly root: string
  readonly host: string
  readonly hostname: string
  readonly certificates: Certificates
  readonly auth: Login
}
