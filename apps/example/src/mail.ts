import { type Locale, portTable, type SmtpSettings } from '@postern/core'
import type { SettingsCheckPolicy } from '@postern/core/http'
import type { Config, OwnServer } from './config.ts'
import { startEmbeddedMail } from './embedded-mail.ts'
import { findingsOf } from './findings.ts'
import type { MailSetup } from './mail-setup.ts'

export async function setUpMail({ own, locale }: Pick<Config, 'own' | 'locale'>): Promise<MailSetup> {
  const mail = own ? ownMail(own, locale) : await startEmbeddedMail()
  return { ...mail, transport: { ...mail.transport, locale } }
}

function ownMail(own: OwnServer, locale: Locale): MailSetup {
  return {
    ...own,
    // The first message reports at once why nothing was sent, instead of waiting for a port.
    transport: { pool: true, endpointTimeout: 0 },
    dial: undefined,
    introduction: [`Mail goes through ${own.settings.host}.`, ...findingsOf(own.settings, locale)].join('\n'),
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
