import type { Locale } from '@postern/core'

const en = {
  headline: 'PosternModule cannot create the mailer{name}. Correct these options or their environment variables:',
  options: 'should be an object; check what the factory returns.',
  transport: 'should be an object with options of the transport.',
  startup: 'should be "background", "ready" or "lazy".',
  milliseconds: 'should be a number of milliseconds from 0 to {max}.',
  positive: 'should be above 0.',
  unknown: 'is not an option of PosternModule; check its spelling.',
} as const

/** The sentences about the options of the module. */
export type OptionTexts = Readonly<Record<keyof typeof en, string>>

/** The sentences in a language; an unknown one gets English. */
export function optionTexts(locale: Locale): OptionTexts {
  return Object.hasOwn(texts, locale) ? texts[locale] : en
}

const texts: Readonly<Record<Locale, OptionTexts>> = {
  en,
  de: {
    headline: 'PosternModule kann den Mailer{name} nicht erzeugen. Diese Optionen oder ihre Umgebungsvariablen berichtigen:',
    options: 'muss ein Objekt sein; prüfen, was die Factory liefert.',
    transport: 'muss ein Objekt mit Optionen des Transports sein.',
    startup: 'muss "background", "ready" oder "lazy" sein.',
    milliseconds: 'muss eine Zahl von 0 bis {max} sein, in Millisekunden.',
    positive: 'muss über 0 sein.',
    unknown: 'ist keine Option von PosternModule; die Schreibweise prüfen.',
  },
}
