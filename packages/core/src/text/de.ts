import { translation } from './translation.ts'

/** Every text for people in German, by code. */
export const de = translation({
  failures: {
    'dns-not-found': {
      message: 'Den Namen[ {host}] gibt es im DNS nicht.',
      advice: 'Den Hostnamen prüfen, dann den DNS-Server dieses Rechners.',
    },
    'dns-timeout': {
      message: 'Der Name[ {host}] ließ sich nicht auflösen.',
      advice: 'Den DNS-Server dieses Rechners prüfen.',
    },
    'connect-refused': {
      message: 'Der Server[ {server}] hat die Verbindung abgelehnt.',
      advice: 'Prüfen, welche Ports der Anbieter hat.',
    },
    'connect-timeout': {
      message: 'Der Server[ {server}] hat[ innerhalb von {seconds} s] nicht geantwortet.',
      advice: 'Meist verwirft eine Firewall der Hosting-Plattform die Verbindung: den Port nach außen freigeben oder einen anderen Port verwenden.',
    },
    'network-unreachable': {
      message: 'Zum Server[ {server}] führt kein Weg.',
      advice: 'Das Netzwerk dieses Rechners prüfen, IPv4 und IPv6.',
    },
    'greeting-timeout': {
      message: 'Der Server[ {server}] hat die Verbindung angenommen, sich aber[ innerhalb von {seconds} s] nicht gemeldet.',
      advice: 'Einen anderen Port verwenden oder security "implicit": Der Port erwartet vielleicht TLS ab dem ersten Byte.',
    },
    'greeting-rejected': {
      message: 'Der Server[ {server}] hat die Verbindung abgewiesen[ ({reply})].',
      advice: 'Später noch einmal versuchen.',
    },
    'not-smtp': {
      message: 'Dort[ auf {server}] antwortet kein Mailserver.',
      advice: 'Host und Port prüfen, und ob ein Proxy eingreift.',
    },
    'tls-expected': {
      message: 'Der Server[ {server}] erwartet TLS ab dem ersten Byte.',
      advice: 'Für diesen Port security "implicit" verwenden (in nodemailer: secure: true) oder Port 587 mit STARTTLS.',
    },
    'starttls-expected': {
      message: 'Der Server[ {server}] beginnt im Klartext und verschlüsselt dann mit STARTTLS.',
      advice: 'Für diesen Port security "starttls" verwenden (in nodemailer: secure: false, requireTLS: true) oder Port 465 mit implizitem TLS.',
    },
    'ehlo-rejected': {
      message: 'Der Server[ {server}] hat den Befehl EHLO abgelehnt[ ({reply})].',
      advice: 'clientName auf den vollen Namen dieses Rechners setzen, etwa app.example.com.',
    },
    'starttls-not-offered': {
      message: 'Der Server[ {server}] bietet kein STARTTLS an.',
      advice: 'Im Klartext wurde nichts gesendet. Einen anderen Port verwenden; hat dieser sonst TLS, entfernt es jemand im Netz.',
    },
    'starttls-rejected': {
      message: 'Der Server[ {server}] hat STARTTLS angeboten und dann abgelehnt[ ({reply})].',
      advice: 'Es wurde nichts gesendet. Einen anderen Port verwenden.',
    },
    'starttls-injection': {
      message: 'Der Server[ {server}] hat Klartext gesendet, der als verschlüsselt gelten sollte.',
      advice: 'Es wurde nichts gesendet. Einen anderen Port verwenden: Jemand im Netz manipuliert diesen.',
    },
    'tls-handshake': {
      message: 'Der TLS-Handshake mit dem Server[ {server}] ist gescheitert.',
      advice: 'Host und Port prüfen, und ob ein Proxy eingreift.',
    },
    'tls-version': {
      message: 'Der Server[ {server}] hat keine TLS-Version, die noch gilt[ (mindestens {version})].',
      advice: 'Der Server braucht TLS 1.2 oder neuer (RFC 8997).',
    },
    'certificate-expired': {
      message: 'Das Zertifikat des Servers[ {server}] ist abgelaufen.',
      advice: 'Der Server braucht ein neues Zertifikat, außer die Uhr dieses Rechners geht falsch.',
    },
    'certificate-not-yet-valid': {
      message: 'Das Zertifikat des Servers[ {server}] ist noch nicht gültig.',
      advice: 'Der Server braucht ein neues Zertifikat, außer die Uhr dieses Rechners geht falsch.',
    },
    'certificate-name': {
      message: 'Das Zertifikat ist auf einen anderen Namen[ als {host}] ausgestellt[: {names}].',
      advice: 'Einen Hostnamen verwenden, der im Zertifikat steht, oder tls.servername auf einen solchen setzen.',
    },
    'certificate-untrusted': {
      message: 'Das Zertifikat des Servers[ {server}] stammt von keiner Stelle, der dieser Rechner vertraut.',
      advice: 'Bei einer eigenen Zertifizierungsstelle deren Zertifikat in tls.ca angeben; sonst muss der Server seine ganze Kette senden.',
    },
    'auth-not-offered': {
      message: 'Der Server[ {server}] bietet keine Anmeldung an.',
      advice: 'Einen anderen Port verwenden: 587, 2525 oder 465. Bietet keiner eine an, den Anbieter nach dem Server dafür fragen.',
    },
    'auth-mechanism': {
      message: 'Der Server[ {server}] bietet keine Anmeldung an, die zu diesen Zugangsdaten passt[ (im Angebot: {mechanisms})].',
      advice: 'OAuth2 (auth.accessToken) statt eines Passworts verwenden oder umgekehrt.',
    },
    'auth-rejected': {
      message: 'Der Server[ {server}] hat die Anmeldung nicht angenommen[ ({reply})].',
      advice: 'Benutzernamen und Passwort prüfen. Viele Anbieter wollen ein App-Passwort, einen API-Schlüssel oder OAuth2, und als Benutzernamen die ganze Adresse. Kein anderer Port wurde versucht: Das sperrt Konten.',
    },
    'auth-temporary': {
      message: 'Der Server[ {server}] konnte die Anmeldung nicht prüfen[ ({reply})][: {source} gab kein Geheimnis].',
      advice: 'Später noch einmal versuchen.',
    },
    'sender-rejected': {
      message: 'Der Server[ {server}] hat den Absender nicht angenommen[ ({reply})].',
      advice: 'Eine Absenderadresse verwenden, die der Anbieter für dieses Konto bestätigt hat.',
    },
    'recipient-rejected': {
      message: 'Der Server[ {server}] hat keinen Empfänger angenommen[ ({reply})].',
      advice: 'Die Adressen prüfen, und ob es eine Anmeldung gibt.',
    },
    'message-rejected': {
      message: 'Der Server[ {server}] hat die Nachricht nicht angenommen[ ({reply})].',
      advice: 'Sie wurde nicht zugestellt. Größe und Inhalt prüfen.',
    },
    'envelope-invalid': {
      message: 'Die Nachricht hat keinen gültigen Absender oder keine gültigen Empfänger.',
      advice: 'Es wurde nichts gesendet. Die Adressen prüfen.',
    },
    'message-unreadable': {
      message: 'Die Nachricht ließ sich nicht bis zum Ende lesen.',
      advice: 'Sie wurde nicht zugestellt. Die Anhänge prüfen.',
    },
    'connection-lost': {
      message: 'Die Verbindung zum Server[ {server}] ist abgerissen.',
      advice: 'Später noch einmal versuchen oder einen anderen Port verwenden.',
    },
    'reply-timeout': {
      message: 'Der Server[ {server}] antwortet[ seit {seconds} s] nicht mehr.',
      advice: 'Später noch einmal versuchen oder einen anderen Port verwenden.',
    },
    'protocol-error': {
      message: 'Der Server[ {server}] hat etwas gesendet, das kein gültiges SMTP ist.',
      advice: 'Host und Port prüfen, und ob ein Proxy eingreift.',
    },
    'reply-too-large': {
      message: 'Der Server[ {server}] hat eine Antwort ohne Ende gesendet.',
      advice: 'Host und Port prüfen, und ob ein Proxy eingreift.',
    },
    deadline: {
      message: 'Der Server[ {server}] hat länger gebraucht als erlaubt[: {seconds} s].',
      advice: 'Später noch einmal versuchen oder die Frist verlängern.',
    },
    aborted: {
      message: 'Der Aufrufer hat abgebrochen.',
      advice: 'Von einem Fehler des Servers ist nichts bekannt.',
    },
    'target-forbidden': {
      message: 'Verbindungen zu diesem Ziel[ {server}] sind hier nicht erlaubt.',
      advice: 'Der Betreiber kann es freigeben.',
    },
    'no-usable-endpoint': {
      message: 'Kein Port des Servers[ {host}] war benutzbar.',
      advice: 'Die Ursache für jeden Port steht bei den Versuchen.',
    },
  },
  diagnoses: {
    'network-blocks-smtp': {
      message: '{host} wurde gefunden, aber keiner der Mail-Ports ({ports}) hat geantwortet.',
      advice: 'Meist verwirft eine Firewall der Hosting-Plattform die Verbindung: den Port nach außen freigeben oder die HTTP-Schnittstelle des Anbieters verwenden.',
    },
    'network-blocks-smtp-platform': {
      message: '{host} wurde gefunden, aber keiner der Mail-Ports ({ports}) hat geantwortet.',
      advice: 'Meist verwirft eine Firewall die Verbindung. Die Anwendung läuft anscheinend auf {platform}: {cure}',
    },
    'nothing-listens': {
      message: 'Kein Mail-Port von {host} ({ports}) nimmt Verbindungen an.',
      advice: 'Den Hostnamen prüfen, und welche Ports der Anbieter hat.',
    },
    'no-secure-port': {
      message: 'Kein Port von {host} ({ports}) bietet eine verschlüsselte Verbindung, der man trauen kann.',
      advice: 'Es wurde nichts gesendet. Die Ursache für jeden Port steht bei den Versuchen.',
    },
    mixed: {
      message: 'Kein Port von {host} war benutzbar. {causes}',
      advice: '{advice}',
    },
  },
  delivery: {
    unknown: {
      message: '{message} Da war die Nachricht schon übergeben; {host} kann sie also angenommen haben.',
      advice: 'Prüfen, ob sie angekommen ist, bevor sie noch einmal gesendet wird (RFC 1047).',
    },
  },
  platforms: {
    'aws-lambda': 'Eine Funktion in einem VPC braucht ein NAT-Gateway.',
    azure: '587 ist dort nicht gesperrt; Firewall und Routen prüfen.',
    'cloud-run': '587 ist dort nicht gesperrt; Firewall und Routen prüfen.',
    fly: 'Beim Support fragen, welche Ports offen sind.',
    heroku: 'Port 25 ist dort gesperrt; einen anderen Port verwenden.',
    railway: 'Ausgehendes SMTP braucht dort den Pro-Tarif.',
    render: 'Kostenlose Services erreichen davon nur Port 2525; schweigt auch der, die HTTP-Schnittstelle des Anbieters verwenden.',
    vercel: 'Den Versand abwarten, bevor die Funktion antwortet.',
  },
  stages: {
    dns: 'DNS-Auflösung',
    connect: 'Verbindungsaufbau',
    greeting: 'Begrüßung',
    ehlo: 'EHLO',
    starttls: 'STARTTLS',
    tls: 'TLS-Handshake',
    auth: 'Anmeldung',
    mail: 'Absender',
    rcpt: 'Empfänger',
    data: 'Beginn der Nachricht',
    message: 'Nachricht',
    quit: 'Abschied',
  },
  ports: {
    '25': {
      name: 'SMTP',
      use: 'Mail von Server zu Server.',
      standing: 'Entfällt, außer policy.allowPort25 ist gesetzt: Die meisten Clouds und Internetanbieter sperren ihn.',
      history: 'Der ursprüngliche Port von SMTP.',
    },
    '465': {
      name: 'Einlieferung mit implizitem TLS',
      use: 'Einlieferung, mit TLS ab dem ersten Byte.',
      standing: 'Der letzte Ausweg, außer policy.implicitTls ist "first", wie RFC 8314 es empfiehlt.',
      history: 'In den 1990ern SMTPS genannt und kein Standard, bis RFC 8314 ihn 2018 neu registriert hat und ihn STARTTLS vorzieht.',
    },
    '587': {
      name: 'Einlieferung',
      use: 'Einlieferung, mit STARTTLS, das Pflicht ist.',
      standing: 'Die erste Wahl.',
      history: 'Der registrierte Port für die Einlieferung (RFC 6409). Manches kostenlose Hosting sperrt ihn.',
    },
    '2525': {
      name: 'Ausweichport für die Einlieferung',
      use: 'Einlieferung, wie auf 587.',
      standing: 'Der übliche Ausweg für 587.',
      history: 'Eine Gepflogenheit der Anbieter, kein Standard.',
    },
  },
  plan: {
    given: 'So ist es eingestellt.',
    first: 'Der registrierte Port für die Einlieferung; STARTTLS ist Pflicht.',
    alternate: 'Der übliche Ausweg für 587; STARTTLS ist Pflicht.',
    'provider-alternate': 'Ein weiterer Port von {provider}; STARTTLS ist Pflicht.',
    'implicit-last': 'Der letzte Ausweg: implizites TLS.',
    'implicit-first': 'Die Policy stellt implizites TLS voran, wie RFC 8314 es empfiehlt.',
    'provider-implicit': '{provider} hat nur implizites TLS.',
    discouraged: '{provider} rät davon ab.',
    cleartext: 'Unverschlüsselt: Die Policy erlaubt das für diesen Host.',
    'port-25': 'Die Policy erlaubt ihn als allerletzten; STARTTLS ist Pflicht.',
    'not-given': 'Entfällt: Etwas anderes ist eingestellt.',
    'not-offered': 'Entfällt: {provider} hat ihn nicht.',
    'implicit-never': 'Entfällt: Die Policy schließt implizites TLS aus.',
    'port-25-off': 'Entfällt, außer policy.allowPort25 ist gesetzt.',
    'cleartext-forbidden': 'Entfällt: Die Policy erlaubt das für diesen Host nicht.',
  },
  findings: {
    'port-25-submission': {
      message: 'Port 25 ist für Mail von Server zu Server; die meisten Clouds und Internetanbieter sperren ihn.',
      advice: 'Port 587 mit STARTTLS verwenden oder den Port weglassen und Postern wählen lassen.',
    },
    'port-465-legacy': {
      message: 'Port 465 mit implizitem TLS wird oft als veraltet bezeichnet, aber RFC 8314 hat ihn 2018 neu registriert und zieht ihn STARTTLS vor.',
      advice: 'Soll auch 587 versucht werden, den Port weglassen und Postern wählen lassen.',
    },
    'port-unknown': {
      message: 'Port {port} ist kein üblicher Port für die Einlieferung.',
      advice: 'Prüfen, welche Ports der Anbieter hat: meist 587, 2525 oder 465.',
    },
    'security-mismatch': {
      message: 'Port {port} erwartet "{expected}", nicht "{security}".',
      advice: 'Für diesen Port security "{expected}" verwenden (in nodemailer: secure: {secure}) oder beides weglassen und Postern wählen lassen.',
    },
    'starttls-optional': {
      message: '{option} macht die Verschlüsselung freiwillig; jemand im Netz kann sie dann entfernen (RFC 3207 §6).',
      advice: '{option} weglassen: Postern besteht auf TLS.',
    },
    cleartext: {
      message: 'Die Mail an {host} ginge unverschlüsselt durchs Netz.',
      advice: 'security: "none" weglassen.',
    },
    'cleartext-auth': {
      message: 'Die Anmeldung bei {host} ginge unverschlüsselt durchs Netz.',
      advice: 'security "starttls" oder "implicit" verwenden. Wurde das Passwort je gesendet, es ändern.',
    },
    'auth-missing': {
      message: 'Es gibt keine Anmeldung, und ohne sie nehmen Server keine Mail an (RFC 6409 §4.3).',
      advice: 'auth.user mit auth.pass oder auth.accessToken setzen, außer der Server kennt diesen Rechner an seiner Adresse.',
    },
    'auth-incomplete': {
      message: 'Die Anmeldung ist unvollständig.',
      advice: 'auth.user mit auth.pass oder auth.accessToken setzen, einem von beiden.',
    },
    'certificate-unchecked': {
      message: 'Das Zertifikat von {host} wird nicht geprüft; jemand im Netz kann alles mitlesen.',
      advice: 'tls.rejectUnauthorized weglassen. Bei einer eigenen Zertifizierungsstelle deren Zertifikat in tls.ca angeben, bei einem anderen Namen tls.servername setzen.',
    },
    'certificate-ends': {
      message: 'Das Zertifikat des Servers[ {server}] endet am {date}.',
      advice: 'Der Server braucht ein neues Zertifikat.',
    },
    'tls-outdated': {
      message: '{version} lässt sich brechen und gilt nicht mehr (RFC 8996).',
      advice: 'Die Version weglassen: Postern besteht auf TLS 1.2 oder neuer (RFC 8997).',
    },
    'host-is-address': {
      message: '{host} ist eine Adresse, und Zertifikate sind auf Namen ausgestellt.',
      advice: 'Den Hostnamen des Anbieters verwenden oder tls.servername auf einen setzen, der im Zertifikat steht.',
    },
    'host-malformed': {
      message: 'Der Host ist weder ein Hostname noch eine IP-Adresse.',
      advice: 'Nur den Namen angeben, etwa smtp.example.com.',
    },
    'provider-port': {
      message: '{provider} hat Port {port} nicht.',
      advice: '{ports} verwenden oder den Port weglassen und Postern wählen lassen.',
    },
    'provider-port-discouraged': {
      message: '{provider} rät von Port {port} ab.',
      advice: '{ports} verwenden oder den Port weglassen und Postern wählen lassen.',
    },
    'provider-auth': {
      message: '{provider} will einen anderen Benutzernamen: {wanted}.',
      advice: 'auth.user darauf setzen. Das Passwort oder der Schlüssel gehört in auth.pass.',
    },
    'provider-auth-kind': {
      message: '{provider} hat diese Anmeldungen: {kinds}.',
      advice: 'Das Passwort der Website wird meist abgelehnt.',
    },
    'preset-conflict': {
      message: 'Der Dienst {provider} hat {given} nicht; verwendet wird es trotzdem.',
      advice: 'Eines von beiden weglassen. {provider} hat {expected}.',
    },
  },
  logins: {
    password: 'Passwort',
    'app-password': 'App-Passwort',
    oauth2: 'OAuth2',
    'api-key': 'API-Schlüssel',
    'smtp-credentials': 'SMTP-Zugangsdaten',
  },
  users: {
    email: 'die ganze Adresse',
    'api-key': 'den API-Schlüssel',
    fixed: '"{word}"',
  },
})
