import { checkSettings, type Locale, type SmtpSettings } from '@postern/core'

/** What is wrong or unusual in the settings, one line each, errors first. Nothing is connected to. */
export function findingsOf(settings: SmtpSettings, locale: Locale): readonly string[] {
  return checkSettings(settings, { locale }).map(({ severity, message, advice }) => `${severity}: ${message} ${advice}`)
}
