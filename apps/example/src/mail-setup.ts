import type { Dial, SmtpSettings } from '@postern/core'
import type { SettingsCheckPolicy } from '@postern/core/http'
import type { CreateTransportOptions } from '@postern/nodemailer'
import type { Provider, ReceivedMessage } from '@postern/testing'
import type { ClearTextLog } from './clear-text.ts'

/** The SMTP server in use: the user's own, or a provider inside this process. */
export interface MailSetup {
  readonly settings: SmtpSettings
  readonly transport: CreateTransportOptions
  /** How core opens connections, if not directly; for messages `transport` has the same. */
  readonly dial: Dial | undefined
  readonly from: string
  readonly to: string
  /** Printed before the first message. */
  readonly introduction: string
  /** What the settings check may contact besides public servers: your own server, which may be a private one. */
  readonly check: SettingsCheckPolicy
  /** Received messages; only with the embedded provider. */
  readonly inbox: (() => readonly ReceivedMessage[]) | undefined
  readonly embedded: EmbeddedProvider | undefined
  readonly close: () => Promise<void>
}

/** The mail provider inside this process. */
export interface EmbeddedProvider {
  readonly provider: Provider
  readonly clearText: ClearTextLog
}
