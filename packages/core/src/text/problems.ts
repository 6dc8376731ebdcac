import type { Locale } from './index.ts'

const en = {
  'not-allowed': 'You are not allowed to check settings.',
  'method-not-allowed': 'This method is not allowed here.',
  'not-json': 'The body must be JSON.',
  'wrong-media-type': 'The body must be sent as application/json, uncompressed.',
  'too-large': 'The body is too large.',
  'too-slow': 'The body took too long to arrive.',
  'wrong-request': 'The body must be {"settings": {…}, "probe": false, "login": false}, with settings that are allowed here.',
  'too-many-requests': 'Too many checks: try again later.',
  busy: 'Too many checks are running: try again in a moment.',
  unexpected: 'The check failed because of an internal error.',
} as const

/** The titles of HTTP problem responses. In a file of their own, so that only HTTP adapters load them. */
export const problemTexts: Readonly<Record<Locale, Readonly<Record<keyof typeof en, string>>>> = {
  en,
  de: {
    'not-allowed': 'Das Prüfen von Einstellungen ist hier nicht erlaubt.',
    'method-not-allowed': 'Diese Methode ist hier nicht erlaubt.',
    'not-json': 'Der Inhalt muss JSON sein.',
    'wrong-media-type': 'Der Inhalt muss als application/json gesendet werden, ohne Komprimierung.',
    'too-large': 'Der Inhalt ist zu groß.',
    'too-slow': 'Der Inhalt kam nicht rechtzeitig an.',
    'wrong-request': 'Der Inhalt muss {"settings": {…}, "probe": false, "login": false} sein, mit Einstellungen, die hier erlaubt sind.',
    'too-many-requests': 'Zu viele Prüfungen: später noch einmal versuchen.',
    busy: 'Es laufen gerade zu viele Prüfungen: gleich noch einmal versuchen.',
    unexpected: 'Die Prüfung ist an einem internen Fehler gescheitert.',
  },
}
