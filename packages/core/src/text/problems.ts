import type { Locale } from './index.ts'

const en = {
  'not-allowed': 'You are not allowed to check settings.',
  'method-not-allowed': 'This method is not possible here.',
  'not-json': 'The body should be JSON.',
  'wrong-media-type': 'The body should be sent as application/json, not compressed.',
  'too-large': 'The body is too large.',
  'too-slow': 'The body took too long to arrive.',
  'wrong-request': 'The body should be {"settings": {…}, "probe": false, "login": false}, with settings that a form may set.',
  'too-many-requests': 'Too many checks: try again later.',
  busy: 'Too many checks are under way: try again in a moment.',
  unexpected: 'The check failed for a reason of its own.',
} as const

/** The titles of HTTP problem responses. In a file of their own, so that only HTTP adapters load them. */
export const problemTexts: Readonly<Record<Locale, Readonly<Record<keyof typeof en, string>>>> = {
  en,
  de: {
    'not-allowed': 'Das Prüfen von Einstellungen ist hier nicht erlaubt.',
    'method-not-allowed': 'Diese Methode gibt es hier nicht.',
    'not-json': 'Der Inhalt muss JSON sein.',
    'wrong-media-type': 'Der Inhalt muss als application/json gesendet werden, ohne Komprimierung.',
    'too-large': 'Der Inhalt ist zu groß.',
    'too-slow': 'Der Inhalt kam nicht rechtzeitig an.',
    'wrong-request': 'Der Inhalt muss {"settings": {…}, "probe": false, "login": false} sein, mit Einstellungen, die ein Formular setzen darf.',
    'too-many-requests': 'Zu viele Prüfungen: später noch einmal versuchen.',
    busy: 'Es laufen gerade zu viele Prüfungen: gleich noch einmal versuchen.',
    unexpected: 'Die Prüfung ist an einem eigenen Fehler gescheitert.',
  },
}
