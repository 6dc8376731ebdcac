import type { FailureCode } from '../failure/failure.ts'
import { redact } from '../settings/redact.ts'
import type { LoginSettings } from '../settings/settings.ts'
import { printable } from '../text/printable.ts'
import type { Handshake } from './start-tls.ts'
import { describeTls, type TlsReport } from './tls-report.ts'

type Secrets = readonly (LoginSettings | undefined)[]

/** The TLS of one connection. Building its report takes longer than the verification, so that is done only when a caller reads it. */
export class ObservedTls {
  readonly #handshake: Handshake
  readonly #at: number
  readonly #secrets: Secrets
  #verified = false
  #unverified: FailureCode | undefined
  #report: TlsReport | undefined

  /**
   * @param at the time of the handshake, in milliseconds since the epoch
   * @param secrets are removed from what the certificate says
   */
  constructor(handshake: Handshake, at: number, secrets: Secrets) {
    this.#handshake = handshake
    this.#at = at
    this.#secrets = secrets
  }

  /** @param code why verification failed, if it did */
  setVerification(verified: boolean, code: FailureCode): void {
    this.#verified = verified
    this.#unverified = verified ? undefined : code
    this.#report = undefined
  }

  get report(): TlsReport {
    return (this.#report ??= this.#describe())
  }

  #describe(): TlsReport {
    const [verified, unverified] = [this.#verified, this.#unverified]
    const described = describeTls(this.#handshake, this.#at, (text) => sanitise(this.#secrets, text))
    return { ...described, verified, ...(unverified && { unverified }) }
  }
}

/** Makes text from the server safe to display: control characters and echoed secrets are replaced. */
export function sanitise(secrets: Secrets, text: string): string {
  return printable(secrets.reduce(redact, text))
}
