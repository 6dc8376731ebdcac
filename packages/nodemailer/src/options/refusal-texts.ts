import type { Locale } from '@postern/core'

/** Why an option is refused, in a language; an unknown one gets English. */
export function refusalText(code: RefusalCode, locale: Locale): string {
  return (Object.hasOwn(texts, locale) ? texts[locale] : en)[code]
}

const en = {
  'second-argument': "is one of Postern's options, which belong in the second argument: createTransport(settings, options).",
  'one-connection': 'is one connection, but every port needs its own. Use "getSocket", which is called for each of them.',
  secured: 'describes a "connection" that is passed in. Use "getSocket": Postern establishes TLS itself.',
  'secure-context': 'may have any TLS version and skip every check. Use the options it was created from: "cert", "key", "ca", "ciphers".',
  'secure-options': 'can disable protections of OpenSSL. Use "minVersion", "maxVersion" and "ciphers".',
  'secure-protocol': 'allows one TLS version only. Use "minVersion" or "maxVersion".',
  session: 'would resume without checking the certificate against the host.',
  'psk-callback': 'replaces the certificate, and mail servers have certificates.',
  'enable-trace': 'writes to standard error, not to the logger. Start Node with --trace-tls if you need it.',
  timeout: 'is limited by Postern itself. Use "selection.budgets.tls".',
  server: 'is an option for servers, not for clients.',
  elsewhere: 'would redirect the connection. Use "host", and "getSocket" or "proxy" to connect in another way.',
  'ignore-tls':
    'would send login and messages in clear text. Remove it: Postern uses TLS. For a test server on another machine, use policy.allowCleartext.',
  'opportunistic-tls':
    'continues in clear text if encryption fails, which an attacker can cause. Remove it: Postern uses the next port instead. For a server ' +
    'without TLS on this machine, use security: "none".',
  lmtp: 'delivers into mailboxes, with a reply per recipient. Postern submits mail over SMTP. Use nodemailer for LMTP.',
} as const

/** Why an option is refused. */
export type RefusalCode = keyof typeof en

/** By language. Each sentence follows the name of the option. */
const texts: Readonly<Record<Locale, Readonly<Record<RefusalCode, string>>>> = {
  en,
  de: {
    'second-argument': 'ist eine Option von Postern und gehört in das zweite Argument: createTransport(settings, options).',
    'one-connection': 'ist eine einzelne Verbindung, aber jeder Port braucht eine eigene. "getSocket" verwenden, das für jeden aufgerufen wird.',
    secured: 'beschreibt eine mitgegebene "connection". "getSocket" verwenden: Postern stellt TLS selbst her.',
    'secure-context':
      'kann jede TLS-Version haben und jede Prüfung auslassen. Die Optionen verwenden, aus denen es erzeugt wurde: "cert", "key", "ca", "ciphers".',
    'secure-options': 'kann Schutzmaßnahmen von OpenSSL abschalten. "minVersion", "maxVersion" und "ciphers" verwenden.',
    'secure-protocol': 'erlaubt nur eine TLS-Version. "minVersion" oder "maxVersion" verwenden.',
    session: 'würde eine Sitzung fortsetzen, ohne das Zertifikat gegen den Host zu prüfen.',
    'psk-callback': 'ersetzt das Zertifikat, und Mailserver haben Zertifikate.',
    'enable-trace': 'schreibt in die Standardfehlerausgabe, nicht in den Logger. Bei Bedarf Node mit --trace-tls starten.',
    timeout: 'wird von Postern selbst begrenzt. "selection.budgets.tls" verwenden.',
    server: 'ist eine Option für Server, nicht für Clients.',
    elsewhere: 'würde die Verbindung umleiten. "host" verwenden, und für andere Wege "getSocket" oder "proxy".',
    'ignore-tls':
      'würde Anmeldung und Nachrichten unverschlüsselt senden. Weglassen: Postern verwendet TLS. Für einen Testserver auf einem anderen Rechner ' +
      'policy.allowCleartext verwenden.',
    'opportunistic-tls':
      'macht unverschlüsselt weiter, wenn die Verschlüsselung scheitert, was ein Angreifer herbeiführen kann. Weglassen: Postern verwendet dann den ' +
      'nächsten Port. Für einen Server ohne TLS auf diesem Rechner security: "none" verwenden.',
    lmtp: 'stellt in Postfächer zu, mit einer Antwort je Empfänger. Postern liefert Mail über SMTP ein. Für LMTP nodemailer verwenden.',
  },
}
