import { portTable, type SmtpSettings } from '@postern/core'
import type { SettingsCheckPolicy } from '@postern/core/http'
import type { CreateTransportOptions } from '@postern/nodemailer'
import type { ReceivedMessage } from '@postern/testing'
import type { Config, OwnServer } from './config.ts'
import { type EmbeddedProvider, startEmbeddedMail } from './embedded-mail.ts'

/** The SMTP server in use: the user's own, or a provider inside this process. */
export interface MailSetup {
  readonly settings: SmtpSettings
  readonly transport: CreateTransportOptions
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

export async function setUpMail({ own, locale }: Pick<Config, 'own' | 'locale'>): Promise<MailSetup> {
  const mail = own ? ownMail(own) : await startEmbeddedMail()
  return { ...mail, transport: { ...mail.transport, locale } }
}

function ownMail(own: OwnServer): MailSetup {
  return {
    ...own,
    // The first message reports at once why nothing was sent, instead of waiting for a port.
    transport: { pool: true, endpointTimeout: 0 },
    introduction: `Mail goes through ${own.settings.host}.`,
    check: checkOf(own.settings),
    inbox: undefined,
    embedded: undefined,
    close: async () => {},
  }
}

/** A server on an unusual port is checked there alone. */
function checkOf({ host, port, security, tls }: SmtpSettings): SettingsCheckPolicy {
  const isUsual = port === undefined || portTable.some((facts) => facts.port === port)
  const own = isUsual ? undefined : [{ port, security: security === 'implicit' ? security : ('starttls' as const) }]
  return { allow: [host], ports: own, tls }
}
