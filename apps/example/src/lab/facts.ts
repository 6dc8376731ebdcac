import type { AttemptOutcome } from '@postern/core'
import type { SendOutcome } from '@postern/nodemailer'
import type { NominalPort } from '@postern/testing'
import type { ClearText } from '../clear-text.ts'

/** What was observed while a scene was played: by Postern's events and results, and by the provider. */
export interface Facts {
  /** Postern's attempts to connect, and those that failed after the connection opened. */
  readonly attempts: readonly AttemptFact[]
  readonly changes: readonly ChangeFact[]
  /** Each time that no port opened: why, and what to do. */
  readonly exhausted: readonly SentenceFact[]
  readonly sends: readonly SendFact[]
  /** The mails of this scene in the inbox. */
  readonly arrived: readonly { readonly port: number; readonly subject: string; readonly secure: boolean }[]
  /** How many connections the provider accepted on each port. */
  readonly connections: Readonly<Record<NominalPort, number>>
  readonly logins: readonly { readonly port: number; readonly ok: boolean; readonly secure: boolean }[]
  /** How many connections and messages the provider refused for its limits. */
  readonly overLimit: { readonly connections: number; readonly messages: number }
  /** What Postern wrote before TLS. */
  readonly clearText: readonly ClearText[]
  /** Whether an error contains the password, as text or in base64. */
  readonly hasPassword: boolean
}

export interface SentenceFact {
  readonly code: string
  readonly message: string
  readonly advice: string
}

export interface AttemptFact extends Partial<SentenceFact> {
  readonly port: number
  readonly outcome: AttemptOutcome
  readonly stage: string
  /** Milliseconds since the scene began. */
  readonly at: number
  readonly ms: number
}

export interface ChangeFact {
  readonly kind: 'selected' | 'fallback' | 'recovered'
  readonly port: number
  /** Milliseconds since the scene began. */
  readonly at: number
}

export interface SendFact extends Partial<SentenceFact> {
  readonly outcome: SendOutcome
  readonly ms: number
}
