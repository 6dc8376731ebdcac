import type { NominalPort } from './nominal-port.ts'

/** One login that the provider was asked for. */
export interface Login {
  /** The nominal port it came in by. */
  readonly port: NominalPort
  /** The name given; `undefined` where it was not listened to. */
  readonly user: string | undefined
  /** Whether it was accepted. */
  readonly ok: boolean
  /** `PLAIN`, `LOGIN` or `XOAUTH2`, or whatever else the client asked for. */
  readonly mechanism: string
  /** Whether the connection was encrypted when the credentials came. */
  readonly secure: boolean
}

/** Who may log in, and who has tried. */
export class Users {
  readonly logins: Login[] = []
  readonly #secrets: Map<string, string>

  constructor(secrets: Readonly<Record<string, string>>) {
    this.#secrets = new Map(Object.entries(secrets))
  }

  accepts(user: string, secret: string | null | undefined): boolean {
    return typeof secret === 'string' && this.#secrets.get(user) === secret
  }

  change(user: string, secret: string): void {
    this.#secrets.set(user, secret)
  }

  record(login: Login): void {
    this.logins.push(login)
  }
}
