import { translation } from './translation.ts'

/** Jeder Satz, den ein Mensch liest, auf Deutsch. */
export const de = translation({
  failures: {
    'dns-not-found': {
      message: 'Den Namen[ {host}] gibt es im DNS nicht.',
      advice: 'Den Hostnamen auf Tippfehler prüfen, dann den DNS-Server dieses Rechners.',
    },
    'dns-timeout': {
      message: 'Der Name[ {host}] ließ sich nicht[ innerhalb von {seconds} s] auflösen.',
      advice: 'Prüfen, ob dieser Rechner oder Container seinen DNS-Server erreicht.',
    },
    'connect-refused': {
      message: 'Der Server[ {host}] hat die Verbindung[ auf Port {port}] abgelehnt.',
      advice: 'Dort lauscht niemand, oder eine Firewall weist ab: prüfen, welche Ports der Anbieter hat.',
    },
    'connect-timeout': {
      message: 'Der Server[ {host}] hat[ auf Port {port}][ innerhalb von {seconds} s] nicht geantwortet.',
      advice: 'Meist verwirft eine Firewall die Verbindung, etwa die der Hosting-Plattform: den Port nach außen freigeben oder einen anderen Port verwenden.',
    },
    'network-unreachable': {
      message: 'Zum Server[ {host}] führt kein Weg.',
      advice: 'Das Netzwerk dieses Rechners oder Containers prüfen, und ob beide Seiten IPv4 oder IPv6 gemeinsam haben.',
    },
    'greeting-timeout': {
      message: 'Der Server[ {host}] hat die Verbindung[ auf Port {port}] angenommen, sich aber[ innerhalb von {seconds} s] nicht gemeldet.',
      advice: 'Entweder antwortet etwas anderes anstelle des Mailservers, oder der Port erwartet TLS ab dem ersten Byte: security "implicit" oder einen anderen Port verwenden.',
    },
    'greeting-rejected': {
      message: 'Der Server[ {host}] hat die Verbindung[ auf Port {port}] abgewiesen[ ({reply})].',
      advice: 'Später noch einmal versuchen oder den Anbieter fragen, ob die Adresse dieses Rechners gesperrt ist.',
    },
    'not-smtp': {
      message: 'Dort[ auf Port {port}][ von {host}] antwortet kein Mailserver.',
      advice: 'Host und Port prüfen: Es antwortet ein anderer Dienst oder ein Proxy.',
    },
    'tls-expected': {
      message: 'Der Server[ {host}] erwartet[ auf Port {port}] TLS ab dem ersten Byte.',
      advice: 'Für diesen Port security "implicit" verwenden (in nodemailer: secure: true) oder Port 587 mit STARTTLS.',
    },
    'starttls-expected': {
      message: 'Der Server[ {host}] beginnt[ auf Port {port}] im Klartext und verschlüsselt dann mit STARTTLS.',
      advice: 'Für diesen Port security "starttls" verwenden (in nodemailer: secure: false, requireTLS: true) oder Port 465 mit implizitem TLS.',
    },
    'ehlo-rejected': {
      message: 'Der Server[ {host}] hat den Befehl EHLO[ auf Port {port}] abgelehnt[ ({reply})].',
      advice: 'clientName auf den vollen Namen dieses Rechners setzen, etwa app.example.com.',
    },
    'starttls-not-offered': {
      message: 'Der Server[ {host}] bietet[ auf Port {port}] kein STARTTLS an.',
      advice: 'Es wurde nichts gesendet, denn es wäre unverschlüsselt durchs Netz gegangen. Einen anderen Port verwenden; hat dieser sonst TLS, entfernt etwas auf dem Weg das Angebot.',
    },
    'starttls-rejected': {
      message: 'Der Server[ {host}] hat STARTTLS[ auf Port {port}] angeboten und dann abgelehnt[ ({reply})].',
      advice: 'Es wurde nichts gesendet. Einen anderen Port verwenden und den Anbieter verständigen.',
    },
    'starttls-injection': {
      message: 'Der Server[ {host}] hat[ auf Port {port}] Klartext gesendet, der als verschlüsselt gelten sollte.',
      advice: 'Es wurde nichts gesendet. Jemand im Netz oder ein fehlerhafter Server manipuliert die Verbindung: nicht benutzen.',
    },
    'tls-handshake': {
      message: 'Der TLS-Handshake mit dem Server[ {host}] ist[ auf Port {port}] gescheitert.',
      advice: 'Prüfen, welche security der Port hat und ob ein Proxy oder Virenscanner eingreift.',
    },
    'tls-version': {
      message: 'Der Server[ {host}] hat[ auf Port {port}] keine TLS-Version, die noch gilt[ (mindestens {version})].',
      advice: 'Der Server braucht TLS 1.2 oder neuer (RFC 8997).',
    },
    'certificate-expired': {
      message: 'Das Zertifikat des Servers[ {host}] ist[ auf Port {port}] abgelaufen.',
      advice: 'Der Server braucht ein neues Zertifikat; hat er eines, die Uhr dieses Rechners prüfen.',
    },
    'certificate-not-yet-valid': {
      message: 'Das Zertifikat des Servers[ {host}] ist[ auf Port {port}] noch nicht gültig.',
      advice: 'Die Uhr dieses Rechners prüfen, dann das Zertifikat.',
    },
    'certificate-name': {
      message: 'Das Zertifikat[ auf Port {port}] ist auf einen anderen Namen[ als {host}] ausgestellt[: {names}].',
      advice: 'Einen Hostnamen verwenden, der im Zertifikat steht, oder tls.servername setzen, wenn der andere Name Absicht ist.',
    },
    'certificate-untrusted': {
      message: 'Das Zertifikat des Servers[ {host}] stammt[ auf Port {port}] von keiner Stelle, der dieser Rechner vertraut.',
      advice: 'Bei einer eigenen Zertifizierungsstelle deren Zertifikat in tls.ca angeben; sonst muss der Server seine ganze Kette senden. Die Prüfung nicht abschalten.',
    },
    'auth-not-offered': {
      message: 'Der Server[ {host}] bietet[ auf Port {port}] keine Anmeldung an.',
      advice: 'Es wurde kein Passwort gesendet. Einen Port für die Einlieferung verwenden (587, 2525 oder 465).',
    },
    'auth-mechanism': {
      message: 'Der Server[ {host}] bietet[ auf Port {port}] keine Anmeldung an, die zu diesen Zugangsdaten passt[ (im Angebot: {mechanisms})].',
      advice: 'Es wurde kein Passwort gesendet. Der Anbieter will eine andere Art der Anmeldung, oft OAuth2 (accessToken) statt eines Passworts oder umgekehrt.',
    },
    'auth-rejected': {
      message: 'Der Server[ {host}] hat die Anmeldung[ auf Port {port}] nicht angenommen[ ({reply})].',
      advice: 'Benutzernamen und Passwort prüfen. Viele Anbieter wollen ein App-Passwort, einen API-Schlüssel oder OAuth2, und als Benutzernamen die ganze Adresse. Postern wiederholt die Anmeldung nicht auf anderen Ports, denn das sperrt Konten.',
    },
    'auth-temporary': {
      message: 'Der Server[ {host}] konnte die Anmeldung[ auf Port {port}] nicht prüfen[ ({reply})].',
      advice: 'Die Störung sollte vorübergehen: später noch einmal versuchen.',
    },
    'sender-rejected': {
      message: 'Der Server[ {host}] hat den Absender nicht angenommen[ ({reply})].',
      advice: 'Eine Absenderadresse verwenden, für die dieses Konto senden darf, und ihre Domain beim Anbieter bestätigen.',
    },
    'recipient-rejected': {
      message: 'Der Server[ {host}] hat keinen Empfänger angenommen[ ({reply})].',
      advice: 'Die Adressen prüfen. Spricht der Server von „relay“, fehlt die Anmeldung, oder sie darf nicht an andere senden.',
    },
    'message-rejected': {
      message: 'Der Server[ {host}] hat die Nachricht nicht angenommen[ ({reply})].',
      advice: 'Sie wurde nicht zugestellt. Größe, Inhalt und die Grenzen des Kontos prüfen.',
    },
    'envelope-invalid': {
      message: 'Die Nachricht hat keinen gültigen Absender oder keine gültigen Empfänger.',
      advice: 'Es wurde nichts gesendet. Mindestens einen Empfänger angeben, und Adressen ohne Zeilenumbrüche und spitze Klammern.',
    },
    'message-unreadable': {
      message: 'Die Nachricht ließ sich nicht bis zum Ende lesen.',
      advice: 'Sie wurde nicht zugestellt. Prüfen, ob es jeden Anhang gibt und ob er lesbar ist.',
    },
    'connection-lost': {
      message: 'Die Verbindung zum Server[ {host}] ist[ auf Port {port}] abgerissen.',
      advice: 'Der Server oder etwas auf dem Weg hat sie geschlossen. Geschieht das jedes Mal, einen anderen Port verwenden.',
    },
    'reply-timeout': {
      message: 'Der Server[ {host}] antwortet[ auf Port {port}][ seit {seconds} s] nicht mehr.',
      advice: 'Er hängt oder ist überlastet: später noch einmal versuchen oder einen anderen Port verwenden.',
    },
    'protocol-error': {
      message: 'Der Server[ {host}] hat[ auf Port {port}] etwas gesendet, das kein gültiges SMTP ist.',
      advice: 'Host und Port prüfen, und ob ein Proxy eingreift.',
    },
    'reply-too-large': {
      message: 'Der Server[ {host}] hat[ auf Port {port}] eine Antwort ohne Ende gesendet.',
      advice: 'Er ist defekt oder feindselig: Host und Port prüfen.',
    },
    deadline: {
      message: 'Der Server[ {host}] hat[ auf Port {port}] länger gebraucht als erlaubt[: {seconds} s].',
      advice: 'Die Frist verlängern, wenn der Server als langsam bekannt ist; sonst nachsehen, welche Stufe die Zeit gebraucht hat.',
    },
    aborted: {
      message: 'Der Aufrufer hat die Arbeit mit dem Server[ {host}][ auf Port {port}] abgebrochen.',
      advice: 'Von einem Fehler des Servers ist nichts bekannt.',
    },
    'target-forbidden': {
      message: 'Verbindungen zu diesem Ziel[ ({host}, Port {port})] sind hier nicht erlaubt.',
      advice: 'Erlaubt sind nur öffentliche Mailserver und Mail-Ports; ein privates Relay kann der Betreiber namentlich freigeben.',
    },
    'no-usable-endpoint': {
      message: 'Kein Port des Servers[ {host}] war benutzbar.',
      advice: 'Die Ursache für jeden Port steht bei den Versuchen.',
    },
  },
  diagnoses: {
    'network-blocks-smtp': {
      message: '{host} wurde gefunden, aber keiner der Mail-Ports ({ports}) hat geantwortet.',
      advice: 'Meist verwirft eine Firewall die Verbindung, etwa die der Hosting-Plattform: den Port nach außen freigeben oder die HTTP-Schnittstelle des Anbieters verwenden.',
    },
    'network-blocks-smtp-platform': {
      message: '{host} wurde gefunden, aber keiner der Mail-Ports ({ports}) hat geantwortet.',
      advice: 'Meist verwirft eine Firewall die Verbindung. Die Anwendung läuft anscheinend auf {platform}: {cure}',
    },
    'nothing-listens': {
      message: 'Kein Mail-Port von {host} ({ports}) nimmt Verbindungen an.',
      advice: 'Den Hostnamen prüfen: Der Rechner antwortet, hat aber keinen Maildienst, der für diesen Rechner offen ist.',
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
  health: {
    'certificate-ends': {
      message: 'Das Zertifikat von {host} auf Port {port} läuft am {date} ab.',
      advice: 'Die Erneuerung ist wohl gescheitert: dem Betreiber des Servers Bescheid geben, bevor Verbindungen scheitern.',
    },
  },
  delivery: {
    unknown: {
      message: '{message} Da war die Nachricht schon übergeben; {host} kann sie also angenommen haben.',
      advice: 'Prüfen, ob sie angekommen ist, bevor sie noch einmal gesendet wird: Von hier aus lässt es sich nicht sagen (RFC 1047).',
    },
  },
  platforms: {
    'aws-lambda': { name: 'AWS Lambda', cure: 'Port 25 ist dort gesperrt, und eine Funktion in einem VPC erreicht das Internet nur über ein NAT-Gateway.' },
    azure: { name: 'Azure', cure: 'Port 25 ist dort eingeschränkt, 587 nicht; Firewall und Routen des virtuellen Netzes prüfen.' },
    'cloud-run': { name: 'Google Cloud', cure: 'Port 25 ist dort gesperrt, 465 und 587 nicht; Firewall und Routen des VPC prüfen.' },
    fly: { name: 'Fly.io', cure: 'beim Support fragen, welche Mail-Ports offen sind.' },
    heroku: { name: 'Heroku', cure: 'gewöhnliche Dynos erreichen Port 25 nicht; einen Port für die Einlieferung verwenden.' },
    railway: { name: 'Railway', cure: 'ausgehendes SMTP gibt es dort ab dem Pro-Tarif; darunter die HTTP-Schnittstelle des Anbieters verwenden.' },
    render: { name: 'Render', cure: 'kostenlose Web-Services erreichen die Ports 25, 465 und 587 nicht; 2525 oder eine bezahlte Instanz verwenden.' },
    vercel: { name: 'Vercel', cure: 'dort ist nur Port 25 gesperrt; den Versand abwarten, bevor die Funktion antwortet.' },
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
      use: 'Mail von Server zu Server. Ein Server darf hier auch Einlieferungen annehmen (RFC 6409), die meisten tun es nicht.',
      standing: 'Nur auf Wunsch: Die meisten Clouds und Internetanbieter sperren ihn.',
      history: 'Der ursprüngliche Port von SMTP; die Einlieferung durch Clients ist auf 587 umgezogen.',
    },
    '465': {
      name: 'Einlieferung mit implizitem TLS',
      use: 'Einlieferung durch Clients, mit TLS ab dem ersten Byte.',
      standing: 'Der letzte Ausweg, außer policy.implicitTls ist "first", wie RFC 8314 es empfiehlt.',
      history: 'In den 1990ern SMTPS genannt, nie zum Standard geworden und zugunsten von STARTTLS widerrufen, daher oft als veraltet bezeichnet. Im Januar 2018 hat RFC 8314 ihn neu registriert und zieht ihn STARTTLS vor; mehrere Jahre lang soll es beides geben.',
    },
    '587': {
      name: 'Einlieferung',
      use: 'Einlieferung durch Clients. Sie beginnt im Klartext und verschlüsselt dann mit STARTTLS; Postern besteht darauf.',
      standing: 'Die erste Wahl.',
      history: 'Der registrierte Port für die Einlieferung (RFC 6409). Selten gesperrt, bei manchem kostenlosen Hosting aber schon.',
    },
    '2525': {
      name: 'Ausweichport für die Einlieferung',
      use: 'Dasselbe wie 587, für Netze, die ihn sperren.',
      standing: 'Der Ausweg für 587, wo der Anbieter ihn hat.',
      history: 'Eine Gepflogenheit der Anbieter, kein Standard. Manche haben eine andere Nummer, etwa 2587; Gmail und Microsoft 365 haben keine.',
    },
  },
  plan: {
    given: 'Dieser Port ist eingestellt, also wird kein anderer versucht.',
    candidate: 'Er steht unter den Kandidaten.',
    first: 'Der registrierte Port für die Einlieferung; STARTTLS ist Pflicht.',
    alternate: 'Der übliche Ausweg für 587; STARTTLS ist Pflicht.',
    'provider-alternate': 'Ein weiterer Port von {provider}; STARTTLS ist Pflicht.',
    'implicit-last': 'Der letzte Ausweg: implizites TLS.',
    'implicit-first': 'Die Policy stellt implizites TLS voran, wie RFC 8314 es empfiehlt.',
    'implicit-wanted': 'Implizites TLS ist eingestellt.',
    'provider-implicit': '{provider} hat nur implizites TLS.',
    discouraged: '{provider} rät davon ab, darum kommt er nach den anderen.',
    cleartext: 'Unverschlüsselt: Die Policy erlaubt das für diesen Host.',
    'port-25': 'Die Policy erlaubt Port 25 als allerletzten; STARTTLS ist Pflicht.',
    'not-given': 'Entfällt: Ein anderer Port ist eingestellt.',
    'not-candidate': 'Entfällt: Er steht nicht unter den Kandidaten.',
    'not-offered': 'Entfällt: {provider} hat ihn nicht.',
    'implicit-never': 'Entfällt: Die Policy schließt implizites TLS aus.',
    'other-security': 'Entfällt: Eine andere Art der Verschlüsselung ist eingestellt.',
    'port-25-off': 'Entfällt: Port 25 ist für Mail von Server zu Server, außer policy.allowPort25 ist gesetzt.',
    'cleartext-forbidden': 'Entfällt: unverschlüsselt, und die Policy erlaubt das für diesen Host nicht.',
  },
  findings: {
    'port-25-submission': {
      message: 'Port 25 ist für Mail von Server zu Server; die meisten Clouds und Internetanbieter sperren ihn.',
      advice: 'Port 587 mit STARTTLS verwenden oder den Port weglassen und Postern wählen lassen.',
    },
    'port-465-legacy': {
      message: 'Port 465 mit implizitem TLS wird oft als veraltet bezeichnet, aber RFC 8314 hat ihn 2018 neu registriert und zieht ihn STARTTLS vor.',
      advice: 'Er kann bleiben. Soll auch 587 versucht werden, den Port weglassen und Postern wählen lassen.',
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
      advice: 'security: "none" weglassen. Das ist nur für "localhost" gedacht.',
    },
    'cleartext-auth': {
      message: 'Die Anmeldung bei {host} ginge unverschlüsselt durchs Netz.',
      advice: 'security "starttls" oder "implicit" verwenden. Wurde das Passwort je so gesendet, es ändern.',
    },
    'auth-missing': {
      message: 'Es gibt keine Anmeldung. Ohne sie nehmen Server für die Einlieferung keine Mail an (RFC 6409 §4.3).',
      advice: 'auth.user mit auth.pass oder auth.accessToken setzen, außer der Server kennt diesen Rechner an seiner Adresse.',
    },
    'auth-incomplete': {
      message: 'Die Anmeldung ist unvollständig.',
      advice: 'auth.user mit auth.pass oder auth.accessToken setzen, einem von beiden.',
    },
    'certificate-unchecked': {
      message: 'Das Zertifikat von {host} wird nicht geprüft; jemand im Netz kann sich dann als der Server ausgeben und Anmeldung und Mail mitlesen.',
      advice: 'tls.rejectUnauthorized weglassen. Bei einer eigenen Zertifizierungsstelle deren Zertifikat in tls.ca angeben, bei einem anderen Namen tls.servername setzen.',
    },
    'tls-outdated': {
      message: '{version} lässt sich brechen und gilt nicht mehr (RFC 8996).',
      advice: 'Die Version weglassen: Postern besteht auf TLS 1.2 oder neuer (RFC 8997).',
    },
    'host-is-address': {
      message: '{host} ist eine Adresse, Zertifikate sind aber auf Namen ausgestellt: Die Prüfung wird wohl scheitern.',
      advice: 'Den Hostnamen des Anbieters verwenden oder tls.servername auf den Namen setzen, der im Zertifikat steht.',
    },
    'host-malformed': {
      message: 'Der Host ist weder ein Hostname noch eine IP-Adresse.',
      advice: 'Nur den Namen angeben, etwa smtp.example.com: ohne Schema, Port, Pfad und Leerzeichen, und keine Kurzform einer Adresse wie 127.1.',
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
      advice: 'Prüfen, ob das Passwort eine davon ist: Das der Website wird meist abgelehnt.',
    },
    'provider-auth-unsupported': {
      message: '{provider} hat andere Anmeldungen: {kinds}.',
      advice: 'Ein Passwort oder Schlüssel gehört in auth.pass, ein OAuth2-Token in auth.accessToken.',
    },
    'preset-conflict': {
      message: 'Der Dienst {provider} hat {given} nicht; das ist aber ebenfalls eingestellt und wird verwendet.',
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
  problems: {
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
})
