import type { NominalPort } from './nominal-port.ts'

/** One login attempt. */
export interface Login {
  /** The nominal port of the connection. */
  readonly port: NominalPort
  /** The user name; `undefined` for an AUTH before encryption, whose credentials are not read. */
  readonly user: string | undefined
  /** Whether it was accepted. */
  readonly ok: boolean
  /** `PLAIN`, `LOGIN` or `XOAUTH2`; before encryption, any name the client sent. */
  readonly mechanism: string
  /** Whether the connection was encrypted. */
  readonly secure: boolean
}

/** The accounts of a provider and every login attempt. */
export class Users {
  readonly logins: Login[] = []
  readonly #secrets: Map<string, string>

  constructor(secrets: Readonly<Record<string, string>>) {
    this.#secrets = new Map(Object.entries(secrets))
  }

  accepts(user: string, secret: string | null | undefined): boolean {
    return typeof secret === 'string' && this.#secrets.get(user) === secret
  }

  setSecret(user: string, secret: string): void {
    this.#secrets.set(user, secret)
  }

  record(login: Login): void {
    this.logins.push(login)
  }
}
