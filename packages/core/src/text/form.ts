import type { Locale } from './index.ts'

const en = () => ({
  title: 'Outgoing mail',
  account: {
    label: 'E-mail address or mail server',
    help: 'The address is enough for well-known providers; otherwise the name of the server. Port and encryption are found automatically.',
    example: 'ada@gmail.com, smtp.example.com',
  },
  user: {
    label: 'User name',
    help: 'Most often the full e-mail address. Leave it empty if you have entered the address above.',
    example: 'ada@example.com',
  },
  secret: {
    label: 'Password',
    help: 'Many providers want an app password or an API key here, not the password of the website. Leave it empty for a server without a login.',
  },
  advanced: {
    label: 'Advanced',
    help: 'Needed only if your provider or administrator says so.',
  },
  port: {
    label: 'Port',
    help: 'Empty: 587, then 2525, then 465, whichever works from here.',
    example: '587',
  },
  security: {
    label: 'Encryption',
    help: 'There is always one. Choose it only together with an unusual port.',
    automatic: 'Automatic (recommended)',
    starttls: 'STARTTLS, usual on 587 and 2525',
    implicit: 'TLS from the first byte, usual on 465',
  },
  clientName: {
    label: 'Name of this server',
    help: 'The name with which this server introduces itself (EHLO). Some relays want a full domain name.',
    example: 'app.example.com',
  },
  ca: {
    label: 'Certificate authority',
    help: 'Only for a mail server with a private authority: its certificate in PEM.',
    example: '-----BEGIN CERTIFICATE-----',
  },
  check: {
    label: 'Test these settings',
    help: 'Connects and logs in once with what is entered here. Nothing is sent and nothing is saved.',
    running: 'Testing …',
    passed: 'These settings work.',
    failed: 'These settings do not work yet.',
  },
})

/** The texts of the settings form. */
export type FormTexts = ReturnType<typeof en>

/**
 * The texts of the settings form, by language. In a file of their own, so that a bundle without the form does not have them, and from
 * functions, because objects would be compiled with every import of the package.
 */
export const formTexts: Readonly<Record<Locale, () => FormTexts>> = {
  en,
  de: () => ({
    title: 'Ausgehende E-Mail',
    account: {
      label: 'E-Mail-Adresse oder Mailserver',
      help: 'Bei bekannten Anbietern reicht die Adresse, sonst der Name des Servers. Port und Verschlüsselung werden selbst gefunden.',
      example: 'ada@gmail.com, smtp.example.com',
    },
    user: {
      label: 'Benutzername',
      help: 'Meist die vollständige E-Mail-Adresse. Leer lassen, wenn sie schon oben steht.',
      example: 'ada@example.com',
    },
    secret: {
      label: 'Passwort',
      help: 'Viele Anbieter wollen hier ein App-Passwort oder einen API-Schlüssel, nicht das Passwort der Website. Leer lassen bei einem Server ohne Anmeldung.',
    },
    advanced: {
      label: 'Erweitert',
      help: 'Nur nötig, wenn Anbieter oder Administrator es sagen.',
    },
    port: {
      label: 'Port',
      help: 'Leer: 587, dann 2525, dann 465, je nachdem, was von hier aus geht.',
      example: '587',
    },
    security: {
      label: 'Verschlüsselung',
      help: 'Es gibt immer eine. Nur zusammen mit einem ungewöhnlichen Port auswählen.',
      automatic: 'Automatisch (empfohlen)',
      starttls: 'STARTTLS, üblich auf 587 und 2525',
      implicit: 'TLS ab dem ersten Byte, üblich auf 465',
    },
    clientName: {
      label: 'Name dieses Servers',
      help: 'Der Name, mit dem sich dieser Server meldet (EHLO). Manche Relays wollen einen vollständigen Domainnamen.',
      example: 'app.example.com',
    },
    ca: {
      label: 'Zertifizierungsstelle',
      help: 'Nur für einen Mailserver mit eigener Zertifizierungsstelle: deren Zertifikat in PEM.',
      example: '-----BEGIN CERTIFICATE-----',
    },
    check: {
      label: 'Diese Einstellungen testen',
      help: 'Verbindet sich und meldet sich einmal an, mit dem, was hier steht. Nichts wird gesendet, nichts gespeichert.',
      running: 'Test läuft …',
      passed: 'Diese Einstellungen funktionieren.',
      failed: 'Diese Einstellungen funktionieren noch nicht.',
    },
  }),
}
