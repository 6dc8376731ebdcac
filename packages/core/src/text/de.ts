import { translation } from './translation.ts'

/** Every text for people in German, by code. */
export const de = translation(() => ({
  failures: {
    'dns-not-found': {
      message: 'Den Namen[ {host}] gibt es im DNS nicht.',
      advice: 'Den Hostnamen prüfen, dann den DNS-Server dieses Rechners.',
    },
    'dns-timeout': {
      message: 'Der Name[ {host}] konnte nicht aufgelöst werden.',
      advice: 'Den DNS-Server dieses Rechners prüfen.',
    },
    'connect-refused': {
      message: 'Der Server[ {server}] hat die Verbindung abgelehnt.',
      advice: 'Prüfen, welche Ports der Anbieter bereitstellt.',
    },
    'connect-timeout': {
      message: 'Der Server[ {server}] hat[ innerhalb von {seconds} s] nicht geantwortet.',
      advice: 'Meist blockiert eine Firewall der Hosting-Plattform die Verbindung: ausgehende Verbindungen zu diesem Port freigeben oder einen anderen Port verwenden.',
    },
    'network-unreachable': {
      message: 'Der Server[ {server}] ist über das Netzwerk nicht erreichbar.',
      advice: 'Das Netzwerk dieses Rechners prüfen, IPv4 und IPv6.',
    },
    'greeting-timeout': {
      message: 'Der Server[ {server}] hat die Verbindung angenommen, aber[ innerhalb von {seconds} s] keine Begrüßung gesendet.',
      advice: 'Einen anderen Port verwenden oder security "implicit": Der Port erwartet vielleicht TLS ab dem ersten Byte.',
    },
    'greeting-rejected': {
      message: 'Der Server[ {server}] hat die Verbindung abgewiesen[ ({reply})].',
      advice: 'Später noch einmal versuchen.',
    },
    'not-smtp': {
      message: 'Unter dieser Adresse[ ({server})] antwortet kein Mailserver.',
      advice: 'Host und Port prüfen. Vielleicht ist ein Proxy dazwischengeschaltet.',
    },
    'tls-expected': {
      message: 'Der Server[ {server}] erwartet TLS ab dem ersten Byte.',
      advice: 'Für diesen Port security "implicit" verwenden (in nodemailer: secure: true) oder Port 587 mit STARTTLS.',
    },
    'starttls-expected': {
      message: 'Der Server[ {server}] erwartet kein TLS ab dem ersten Byte, sondern STARTTLS.',
      advice: 'Für diesen Port security "starttls" verwenden (in nodemailer: secure: false, requireTLS: true) oder Port 465 mit implizitem TLS.',
    },
    'ehlo-rejected': {
      message: 'Der Server[ {server}] hat den Befehl EHLO abgelehnt[ ({reply})].',
      advice: 'clientName auf den vollständigen Namen dieses Rechners setzen, etwa app.example.com.',
    },
    'starttls-not-offered': {
      message: 'Der Server[ {server}] bietet kein STARTTLS an.',
      advice: 'Im Klartext wurde nichts gesendet. Einen anderen Port verwenden; bietet dieser sonst STARTTLS an, entfernt es ein Gerät im Netzwerk.',
    },
    'starttls-rejected': {
      message: 'Der Server[ {server}] hat STARTTLS angeboten und dann abgelehnt[ ({reply})].',
      advice: 'Es wurde nichts gesendet. Einen anderen Port verwenden.',
    },
    'starttls-injection': {
      message: 'Der Server[ {server}] hat STARTTLS angenommen und dann vor dem TLS-Handshake Klartext gesendet.',
      advice: 'Es wurde nichts gesendet. Einen anderen Port verwenden: Möglicherweise manipuliert jemand im Netzwerk die Verbindung zu diesem.',
    },
    'tls-handshake': {
      message: 'Der TLS-Handshake mit dem Server[ {server}] ist gescheitert.',
      advice: 'Host und Port prüfen. Vielleicht ist ein Proxy dazwischengeschaltet.',
    },
    'tls-version': {
      message: 'Der Server[ {server}] unterstützt keine aktuelle TLS-Version[ (mindestens {version})].',
      advice: 'Sein Betreiber sollte TLS 1.2 oder neuer einschalten (RFC 8997). Bis dahin einen anderen Port oder Server verwenden: Ältere Versionen sind unsicher und werden nicht verwendet.',
    },
    'certificate-expired': {
      message: 'Das Zertifikat des Servers[ {server}] ist abgelaufen.',
      advice: 'Die Uhr dieses Rechners prüfen. Geht sie richtig, muss das Zertifikat auf dem Server ersetzt werden.',
    },
    'certificate-not-yet-valid': {
      message: 'Das Zertifikat des Servers[ {server}] ist noch nicht gültig.',
      advice: 'Die Uhr dieses Rechners prüfen. Geht sie richtig, muss das Zertifikat auf dem Server ersetzt werden.',
    },
    'certificate-name': {
      message: 'Das Zertifikat ist auf einen anderen Namen[ als {host}] ausgestellt[: {names}].',
      advice: 'Einen Hostnamen verwenden, der im Zertifikat steht, oder tls.servername auf einen solchen setzen.',
    },
    'certificate-untrusted': {
      message: 'Das Zertifikat des Servers[ {server}] stammt von keiner Zertifizierungsstelle, der dieser Rechner vertraut.',
      advice: 'Bei einer eigenen Zertifizierungsstelle deren Zertifikat in tls.ca angeben oder in tls.fingerprints einen Fingerabdruck vom Betreiber; sonst muss der Server seine vollständige Kette senden.',
    },
    'certificate-changed': {
      message: 'Das Zertifikat des Servers[ {server}] steht nicht in tls.fingerprints und wurde auch von keinem der dort genannten ausgestellt[; sein Fingerabdruck ist {fingerprint}].',
      advice: 'Es wurde nichts gesendet. Den Betreiber fragen, ob das Zertifikat ersetzt wurde; wenn ja, das neue in tls.fingerprints angeben. Wenn nicht, fängt möglicherweise jemand im Netzwerk die Verbindung ab.',
    },
    'auth-not-offered': {
      message: 'Der Server[ {server}] bietet keine Anmeldung an.',
      advice: 'Einen anderen Port verwenden: 587, 2525 oder 465. Bietet keiner davon eine Anmeldung an, den Anbieter nach dem richtigen Server fragen.',
    },
    'auth-mechanism': {
      message: 'Der Server[ {server}] bietet kein Anmeldeverfahren für diese Zugangsdaten an[ (angeboten: {mechanisms})].',
      advice: 'OAuth2 (auth.accessToken) statt eines Passworts verwenden oder umgekehrt.',
    },
    'auth-rejected': {
      message: 'Der Server[ {server}] hat die Anmeldung abgelehnt[ ({reply})].',
      advice: 'Benutzernamen und Passwort prüfen. Viele Anbieter verlangen ein App-Passwort, einen API-Schlüssel oder OAuth2, und als Benutzernamen die vollständige E-Mail-Adresse. Andere Ports wurden nicht versucht, weil wiederholte Fehlversuche zur Sperrung des Kontos führen.',
    },
    'auth-temporary': {
      message: 'Der Server[ {server}] konnte die Anmeldung nicht prüfen[ ({reply})][: {source} hat kein Passwort oder Token geliefert].',
      advice: 'Später noch einmal versuchen.',
    },
    'auth-secret-missing': {
      message: 'Für die Anmeldung am Server[ {server}] gibt es kein gültiges Passwort oder Token[: {source} hat keines geliefert].',
      advice: 'Ein neuer Versuch hilft nicht.',
    },
    'auth-required': {
      message: 'Der Server[ {server}] nimmt ohne Anmeldung keine Mail an[ ({reply})].',
      advice: 'auth.user mit auth.pass oder auth.accessToken angeben, oder den Betreiber bitten, diesen Rechner anhand seiner IP-Adresse zuzulassen.',
    },
    'rate-limited': {
      message: 'Der Server[ {server}] nimmt vorerst nichts mehr an, weil es zu viele Nachrichten oder Verbindungen waren[ ({reply})].',
      advice: 'Später[ (in {seconds} s)] noch einmal versuchen, mit weniger Verbindungen oder Nachrichten auf einmal (in nodemailer: maxConnections, rateLimit). Ein anderer Port hilft nicht.',
    },
    'sender-rejected': {
      message: 'Der Server[ {server}] hat den Absender abgelehnt[ ({reply})].',
      advice: 'Eine Absenderadresse verwenden, die der Anbieter für dieses Konto bestätigt hat.',
    },
    'recipient-rejected': {
      message: 'Der Server[ {server}] hat alle Empfänger abgelehnt[ ({reply})].',
      advice: 'Die Adressen prüfen.',
    },
    'message-rejected': {
      message: 'Der Server[ {server}] hat die Nachricht abgelehnt[ ({reply})].',
      advice: 'Die Nachricht wurde nicht zugestellt. Größe und Inhalt prüfen.',
    },
    'message-too-large': {
      message: 'Die Nachricht ist größer, als der Server[ {server}] erlaubt[ ({reply})].',
      advice: 'Sie wurde nicht zugestellt. Links statt großer Anhänge verschicken oder den Anbieter nach seiner Obergrenze fragen.',
    },
    'require-tls-not-offered': {
      message: 'Die Nachricht verlangt REQUIRETLS, aber der Server[ {server}] bietet es nicht an.',
      advice: 'Es wurde nichts gesendet. requireTLSExtensionEnabled aus der Nachricht entfernen oder einen Server verwenden, der RFC 8689 unterstützt. Die Verbindung zum Server ist in beiden Fällen verschlüsselt.',
    },
    'envelope-invalid': {
      message: 'Die Nachricht hat keinen gültigen Absender oder keine gültigen Empfänger.',
      advice: 'Es wurde nichts gesendet. Die Adressen prüfen.',
    },
    'message-unreadable': {
      message: 'Die Nachricht konnte nicht vollständig gelesen werden.',
      advice: 'Die Nachricht wurde nicht zugestellt. Die Anhänge prüfen.',
    },
    'connection-lost': {
      message: 'Die Verbindung zum Server[ {server}] ist abgerissen.',
      advice: 'Später noch einmal versuchen oder einen anderen Port verwenden.',
    },
    'reply-timeout': {
      message: 'Der Server[ {server}] antwortet nicht mehr[: keine Antwort innerhalb von {seconds} s].',
      advice: 'Später noch einmal versuchen oder einen anderen Port verwenden.',
    },
    'protocol-error': {
      message: 'Der Server[ {server}] hat etwas gesendet, das kein gültiges SMTP ist.',
      advice: 'Host und Port prüfen. Vielleicht ist ein Proxy dazwischengeschaltet.',
    },
    'reply-too-large': {
      message: 'Der Server[ {server}] hat eine zu große Antwort gesendet.',
      advice: 'Host und Port prüfen. Vielleicht ist ein Proxy dazwischengeschaltet.',
    },
    deadline: {
      message: 'Der Server[ {server}] hat länger gebraucht als erlaubt[: {seconds} s].',
      advice: 'Später noch einmal versuchen oder die Frist verlängern.',
    },
    aborted: {
      message: 'Der aufrufende Code hat den Vorgang abgebrochen.',
      advice: 'Das deutet nicht auf ein Problem mit dem Server hin.',
    },
    'target-forbidden': {
      message: 'Verbindungen zu diesem Ziel[ {server}] sind hier nicht erlaubt.',
      advice: 'Der Betreiber kann es freigeben.',
    },
    'no-usable-endpoint': {
      message: 'Kein Port des Servers[ {host}] war nutzbar.',
      advice: 'Die Liste der Versuche nennt die Ursache für jeden Port.',
    },
  },
  reasons: {
    'wrong-credentials': {
      message: 'Der Server[ {server}] hat diesen Benutzernamen mit diesem Passwort nicht akzeptiert[ ({reply})].',
      advice: 'Beides prüfen; der Benutzername ist oft die vollständige E-Mail-Adresse.[ {provider} akzeptiert: {kinds}.] Andere Ports wurden nicht versucht, weil wiederholte Fehlversuche zur Sperrung des Kontos führen.',
    },
    'unknown-user': {
      message: 'Der Server[ {server}] kennt den Benutzernamen nicht[ ({reply})].',
      advice: 'auth.user prüfen: Die meisten Anbieter verlangen die vollständige E-Mail-Adresse, manche ein festes Wort oder einen API-Schlüssel.',
    },
    'app-password-required': {
      message: 'Der Server[ {server}] nimmt für dieses Konto nur ein App-Passwort an[ ({reply})].',
      advice: 'In den Sicherheitseinstellungen des Kontos ein App-Passwort erstellen und in auth.pass angeben, oder OAuth2 verwenden (auth.accessToken).',
    },
    'basic-auth-disabled': {
      message: 'Der Server[ {server}] nimmt keine Passwörter mehr an[ ({reply})].',
      advice: 'OAuth2 verwenden (auth.accessToken). Bei Microsoft 365: Client-Credentials-Flow mit dem Scope https://outlook.office365.com/.default.',
    },
    'smtp-auth-disabled': {
      message: 'Der Server[ {server}] erlaubt diesem Konto nicht, über SMTP zu senden[ ({reply})].',
      advice: 'SMTP in den Einstellungen des Kontos erlauben oder den Administrator fragen. Bei Microsoft 365: "Authentifiziertes SMTP" des Postfachs (Set-CASMailbox).',
    },
    'blocked-by-policy': {
      message: 'Eine Sicherheitsrichtlinie der Organisation hat die Anmeldung am Server[ {server}] abgelehnt[ ({reply})].',
      advice: 'Den Administrator fragen: Sicherheitsstandards oder bedingter Zugriff schließen dieses Konto oder diese Art der Anmeldung vielleicht aus.',
    },
    'browser-login-required': {
      message: 'Der Server[ {server}] verlangt zuerst eine Anmeldung im Webbrowser[ ({reply})].',
      advice: 'Im Browser am Konto anmelden und bestätigen, dass die Anmeldung gewollt war. Danach ein App-Passwort oder OAuth2 verwenden.',
    },
    'account-disabled': {
      message: 'Der Server[ {server}] hat dieses Konto deaktiviert oder gesperrt[ ({reply})].',
      advice: 'Auf der Website des Anbieters anmelden oder den Support fragen. Die Anmeldung nicht wiederholen.',
    },
    'address-not-allowed': {
      message: 'Der Server[ {server}] nimmt von der IP-Adresse dieses Rechners keine Anmeldung an[ ({reply})].',
      advice: 'Die IP-Adresse beim Anbieter für dieses Konto freigeben.',
    },
    'mechanism-not-accepted': {
      message: 'Der Server[ {server}] hat das Anmeldeverfahren abgelehnt[ ({reply})].',
      advice: 'In authMethod ein anderes Verfahren angeben, das der Server anbietet, oder OAuth2 (auth.accessToken) statt eines Passworts verwenden.',
    },
    'token-rejected': {
      message: 'Der Server[ {server}] hat das Zugriffstoken abgelehnt[ ({reply})].',
      advice: 'Prüfen, ob es noch gültig ist, den Scope für SMTP hat und für auth.user ausgestellt wurde.',
    },
    'too-many-attempts': {
      message: 'Der Server[ {server}] hat die Anmeldung nach zu vielen Fehlversuchen abgelehnt[ ({reply})].',
      advice: 'Vor der nächsten Anmeldung warten und zuerst Benutzernamen und Passwort prüfen: Weitere Fehlversuche sperren das Konto.',
    },
    'dh-key-too-small': {
      message: 'Der Server[ {server}] verwendet Diffie-Hellman-Parameter, die zu kurz und damit unsicher sind.',
      advice: 'Sein Betreiber sollte Parameter ab 2048 Bit einstellen. Bis dahin diesen Schlüsselaustausch weglassen: tls.ciphers "DEFAULT:!DHE".',
    },
    'legacy-renegotiation': {
      message: 'Das TLS des Servers[ {server}] ist veraltet: Ihm fehlt die sichere Neuverhandlung (RFC 5746).',
      advice: 'Sein Betreiber sollte es aktualisieren, oder den Proxy dazwischen, der TLS untersucht. Bis dahin über einen anderen Server senden: Der Schutz wird nicht abgeschaltet.',
    },
  },
  diagnoses: {
    'network-blocks-smtp': {
      message: '{host} wurde gefunden, aber keiner der Mail-Ports ({ports}) hat geantwortet.',
      advice: 'Meist blockiert eine Firewall der Hosting-Plattform die Verbindung: ausgehende Verbindungen zu diesem Port freigeben oder die HTTP-API des Anbieters verwenden.',
    },
    'network-blocks-smtp-platform': {
      message: '{host} wurde gefunden, aber keiner der Mail-Ports ({ports}) hat geantwortet.',
      advice: 'Meist blockiert eine Firewall die Verbindung. Die Anwendung läuft anscheinend auf {platform}: {cure}',
    },
    'network-blocks-smtp-partly': {
      message: 'Von hier aus lehnt {host} Verbindungen auf {open} ab und antwortet auf {closed} nicht.',
      advice: 'Meist blockiert eine Firewall der Hosting-Plattform die Verbindung[; bei {platform} ist das der Standard]: ausgehende Verbindungen zu {closed} freigeben oder einen Anbieter verwenden, der Mail auf {open} annimmt.',
    },
    'nothing-listens': {
      message: 'Kein Mail-Port von {host} ({ports}) nimmt Verbindungen an.',
      advice: 'Prüfen, ob der Hostname stimmt und welche Ports der Anbieter bereitstellt.',
    },
    'no-secure-port': {
      message: 'Kein Port von {host} ({ports}) bietet eine verschlüsselte und vertrauenswürdige Verbindung.',
      advice: 'Es wurde nichts gesendet. Die Liste der Versuche nennt die Ursache für jeden Port.',
    },
    mixed: {
      message: 'Kein Port von {host} war nutzbar. {causes}',
      advice: '{advice}',
    },
  },
  delivery: {
    unknown: {
      message: '{message} Die Nachricht war da schon vollständig gesendet; {host} hat sie möglicherweise angenommen.',
      advice: 'Vor einem erneuten Versand prüfen, ob sie angekommen ist (RFC 1047).',
    },
  },
  platforms: {
    'aws-lambda': 'Eine Funktion in einer VPC braucht ein NAT-Gateway.',
    azure: 'Port 587 ist dort nicht gesperrt; Firewall und Routen prüfen.',
    'cloud-run': 'Port 587 ist dort nicht gesperrt; Firewall und Routen prüfen.',
    fly: 'Den Support fragen, welche Ports offen sind.',
    heroku: 'Port 25 ist dort gesperrt; einen anderen Port verwenden.',
    railway: 'Ausgehendes SMTP gibt es dort erst im Pro-Tarif.',
    render: 'Kostenlose Dienste erreichen nur Port 2525; antwortet auch der nicht, die HTTP-API des Anbieters verwenden.',
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
    quit: 'Ende der Sitzung',
  },
  ports: {
    '25': {
      name: 'SMTP',
      use: 'Mail von Server zu Server.',
      role: 'Entfällt, außer policy.allowPort25 ist gesetzt: Die meisten Cloud- und Internetanbieter sperren ihn.',
      history: 'Der ursprüngliche Port von SMTP.',
    },
    '465': {
      name: 'Einlieferung mit implizitem TLS',
      use: 'Einlieferung, mit TLS ab dem ersten Byte.',
      role: 'Der letzte Ausweg, außer policy.implicitTls ist "first", wie RFC 8314 es empfiehlt.',
      history: 'In den 1990ern SMTPS genannt und bis 2018 kein Standard: Dann hat RFC 8314 ihn neu registriert und bevorzugt ihn gegenüber STARTTLS.',
    },
    '587': {
      name: 'Einlieferung',
      use: 'Einlieferung; STARTTLS ist Pflicht.',
      role: 'Die erste Wahl.',
      history: 'Der registrierte Port für die Einlieferung (RFC 6409). Manche kostenlosen Hosting-Tarife sperren ihn.',
    },
    '2525': {
      name: 'Ausweichport für die Einlieferung',
      use: 'Einlieferung, wie auf 587.',
      role: 'Der übliche Ersatz für 587.',
      history: 'Eine Konvention der Anbieter, kein Standard.',
    },
  },
  plan: {
    given: 'So steht es in den Einstellungen.',
    first: 'Der registrierte Port für die Einlieferung; STARTTLS ist Pflicht.',
    alternate: 'Der übliche Ersatz für 587; STARTTLS ist Pflicht.',
    'provider-alternate': 'Ein weiterer Port von {provider}; STARTTLS ist Pflicht.',
    'implicit-last': 'Der letzte Ausweg: implizites TLS.',
    'implicit-first': 'Die Policy stellt implizites TLS voran, wie RFC 8314 es empfiehlt.',
    'provider-implicit': '{provider} bietet nur implizites TLS an.',
    discouraged: '{provider} rät davon ab.',
    cleartext: 'Unverschlüsselt: Die Policy erlaubt das für diesen Host.',
    'port-25': 'Die Policy erlaubt ihn als letzte Stufe; STARTTLS ist Pflicht.',
    'not-given': 'Entfällt: Die Einstellungen legen etwas anderes fest.',
    'not-offered': 'Entfällt: {provider} bietet ihn nicht an.',
    'implicit-never': 'Entfällt: Die Policy schließt implizites TLS aus.',
    'port-25-off': 'Entfällt, außer policy.allowPort25 ist gesetzt.',
    'cleartext-forbidden': 'Entfällt: Die Policy erlaubt das für diesen Host nicht.',
  },
  findings: {
    'port-25-submission': {
      message: 'Port 25 ist für Mail von Server zu Server; die meisten Cloud- und Internetanbieter sperren ihn.',
      advice: 'Port 587 mit STARTTLS verwenden oder den Port weglassen und Postern wählen lassen.',
    },
    'port-465-legacy': {
      message: 'Port 465 mit implizitem TLS wird oft als veraltet bezeichnet, aber RFC 8314 hat ihn 2018 neu registriert und bevorzugt ihn gegenüber STARTTLS.',
      advice: 'Soll auch 587 versucht werden, den Port weglassen und Postern wählen lassen.',
    },
    'port-unknown': {
      message: 'Port {port} ist kein üblicher Port für die Einlieferung.',
      advice: 'Prüfen, welche Ports der Anbieter bereitstellt: meist 587, 2525 oder 465.',
    },
    'security-mismatch': {
      message: 'Port {port} erwartet "{expected}", nicht "{security}".',
      advice: 'Für diesen Port security "{expected}" verwenden (in nodemailer: secure: {secure}) oder beides weglassen und Postern wählen lassen.',
    },
    'starttls-optional': {
      message: '{option} macht die Verschlüsselung optional; ein Angreifer im Netzwerk kann sie dann verhindern (RFC 3207 §6).',
      advice: '{option} weglassen: Postern besteht auf TLS.',
    },
    cleartext: {
      message: 'Die Mail an {host} würde unverschlüsselt übertragen.',
      advice: 'security: "none" weglassen.',
    },
    'cleartext-auth': {
      message: 'Die Anmeldung bei {host} würde unverschlüsselt übertragen.',
      advice: 'security "starttls" oder "implicit" verwenden. Ein Passwort, das je unverschlüsselt gesendet wurde, muss geändert werden.',
    },
    'auth-missing': {
      message: 'Es sind keine Zugangsdaten angegeben, und ohne Anmeldung nehmen Server keine Nachrichten an (RFC 6409 §4.3).',
      advice: 'auth.user mit auth.pass oder auth.accessToken setzen, außer der Server lässt diesen Rechner anhand seiner IP-Adresse zu.',
    },
    'auth-incomplete': {
      message: 'Die Zugangsdaten sind unvollständig.',
      advice: 'auth.user und entweder auth.pass oder auth.accessToken setzen.',
    },
    'auth-unset': {
      message: 'Ohne Wert: {field}.',
      advice: 'Kommt er aus einer Umgebungsvariablen, prüfen, ob sie gesetzt ist.',
    },
    'certificate-unchecked': {
      message: 'Das Zertifikat von {host} wird nicht geprüft; ein Angreifer im Netzwerk kann alles mitlesen.',
      advice: 'tls.rejectUnauthorized weglassen. Bei einem eigenen Zertifikat tls.ca oder tls.fingerprints setzen, bei einem anderen Namen tls.servername.',
    },
    'ports-blocked': {
      message: 'Von hier aus antwortet {host} auf {open}, aber nicht auf {closed}: So verhält sich {platform} standardmäßig.',
      advice: 'Einen der Ports verwenden, die antworten, oder den Support der Hosting-Plattform bitten, die anderen zu öffnen.',
    },
    'certificate-expiring': {
      message: 'Das Zertifikat des Servers[ {server}] läuft am {date} ab.',
      advice: 'Das Zertifikat auf dem Server muss erneuert werden.',
    },
    'password-ends': {
      message: 'Ab {date} nimmt {provider} Passwörter über SMTP nur noch an, wenn ein Administrator sie erlaubt.',
      advice: 'Vorher auf OAuth2 umstellen (auth.accessToken): Client-Credentials-Flow mit dem Scope {scope}.',
    },
    'password-ended': {
      message: 'Seit {date} nimmt {provider} Passwörter über SMTP nur noch an, wenn ein Administrator sie erlaubt.',
      advice: 'OAuth2 verwenden (auth.accessToken): Client-Credentials-Flow mit dem Scope {scope}.',
    },
    'tls-outdated': {
      message: '{version} ist unsicher und veraltet (RFC 8996).',
      advice: 'Die Version weglassen: Postern besteht auf TLS 1.2 oder neuer (RFC 8997).',
    },
    'host-is-address': {
      message: '{host} ist eine IP-Adresse, und Zertifikate sind meist auf Namen ausgestellt.',
      advice: 'Den Hostnamen des Anbieters verwenden oder tls.servername auf einen Namen setzen, der im Zertifikat steht.',
    },
    'host-malformed': {
      message: 'Der Host ist weder ein Hostname noch eine IP-Adresse.',
      advice: 'Nur den Namen angeben, etwa smtp.example.com.',
    },
    'host-private': {
      message: '{host} ist ein Name oder eine Adresse in einem privaten Netzwerk; dafür stellen öffentliche Zertifizierungsstellen keine Zertifikate aus.',
      advice: 'In tls.ca oder tls.fingerprints das eigene Zertifikat oder die eigene Zertifizierungsstelle angeben, oder in tls.servername einen öffentlichen Namen aus dem Zertifikat. Eine Einstellungsprüfung stellt dorthin nur dann eine Verbindung her, wenn ihr Betreiber es erlaubt.',
    },
    'host-private-trusted': {
      message: '{host} ist ein Name oder eine Adresse in einem privaten Netzwerk.',
      advice: 'Eine Einstellungsprüfung stellt dorthin nur dann eine Verbindung her, wenn ihr Betreiber es erlaubt.',
    },
    'host-form': {
      message: 'Der Host ist nicht so geschrieben, wie Server ihn erwarten.',
      advice: 'Die ASCII-Form verwenden, und eine Adresse ohne Klammern[: {suggested}].',
    },
    'host-stray': {
      message: 'Um den Host stehen Zeichen, die nicht zu ihm gehören: {characters}.',
      advice: 'Sie weglassen[ und {suggested} verwenden].',
    },
    'host-port': {
      message: 'Der Host enthält den Port.',
      advice: 'Beides getrennt angeben[: {suggested}].',
    },
    'host-url': {
      message: 'Der Host ist eine URL oder hat einen Pfad.',
      advice: 'Nur den Namen angeben[: {suggested}].',
    },
    'host-mailbox': {
      message: 'Der Host ist eine E-Mail-Adresse.',
      advice: 'auth.user darauf setzen, und host auf den Mailserver des Anbieters[, {suggested}].',
    },
    'account-unknown': {
      message: 'Der Mailserver dieser E-Mail-Adresse ist nicht bekannt.',
      advice: 'Stattdessen den Mailserver eingeben, etwa smtp.example.com, und die Adresse als Benutzernamen.',
    },
    'stray-characters': {
      message: 'Um {field} stehen Zeichen, die wahrscheinlich nicht dazugehören: {characters}.',
      advice: 'Sie weglassen[ und {suggested} verwenden].',
    },
    'url-malformed': {
      message: 'Die URL ist keine für einen Mailserver.',
      advice: 'Mit smtp://, smtps:// oder smtp+starttls:// beginnen, wie in smtp://benutzer:passwort@smtp.example.com:587[. Hier: {suggested}].',
    },
    'url-stray': {
      message: 'Um die URL stehen Zeichen, die nicht zu ihr gehören: {characters}.',
      advice: 'Sie weglassen[ und {suggested} verwenden].',
    },
    'url-unencoded': {
      message: 'Benutzername oder Passwort in der URL enthält Zeichen, die nicht prozentkodiert sind: {characters}.',
      advice: 'Stattdessen {encoded} schreiben[, wie in {suggested}].',
    },
    'provider-port': {
      message: '{provider} bietet Port {port} nicht an.',
      advice: '{ports} verwenden oder den Port weglassen und Postern wählen lassen.',
    },
    'provider-port-discouraged': {
      message: '{provider} rät von Port {port} ab.',
      advice: '{ports} verwenden oder den Port weglassen und Postern wählen lassen.',
    },
    'provider-auth': {
      message: '{provider} verlangt einen anderen Benutzernamen: {wanted}.',
      advice: 'Diesen in auth.user angeben und in auth.pass das Passwort oder den Schlüssel.',
    },
    'provider-auth-kind': {
      message: '{provider} akzeptiert zur Anmeldung: {kinds}.',
      advice: 'Das Passwort der Website wird meist abgelehnt.',
    },
    'preset-conflict': {
      message: '{given} gehört nicht zum Dienst {provider}, wird aber trotzdem verwendet.',
      advice: 'Eines von beiden weglassen. {provider} verwendet {expected}.',
    },
  },
  issues: {
    summary: 'Die SMTP-Einstellungen sind nicht verwendbar.',
    settings: 'Die Einstellungen müssen ein Objekt mit mindestens "host" oder eine smtp://-URL sein.',
    json: 'Die Einstellungen müssen gültiges JSON oder eine smtp://-URL sein.',
    'unknown-option': 'ist keine Option, die Postern kennt; die Schreibweise prüfen.',
    conflict: 'sagt etwas anderes als "{name}"; nur eines von beiden angeben.',
    invalid: 'hat einen Wert, der hier nicht erlaubt ist.',
    'no-host': 'ist nicht gesetzt. SMTP_URL setzen oder SMTP_HOST mit SMTP_USER und SMTP_PASS.',
    host: 'muss allein der Hostname oder die IP-Adresse des Mailservers sein, etwa smtp.example.com[. {suggested} verwenden].',
    service: 'ist kein Anbieter, den Postern kennt; stattdessen "host" setzen.',
    port: 'muss eine ganze Zahl von 1 bis 65535 sein.',
    security: 'muss "starttls", "implicit" oder "none" sein.',
    boolean: 'muss true oder false sein.',
    auth: 'muss "user" und entweder "pass" oder "accessToken" enthalten, eines von beiden.',
    user: 'muss der Benutzername sein.',
    pass: 'muss das Passwort sein oder eine Funktion, die es liefert.',
    'access-token': 'muss ein OAuth2-Zugriffstoken sein oder eine Funktion, die es liefert.',
    'too-long': 'ist viel zu lang.',
    'control-character': 'enthält: {characters}. Ein Wert aus einer Datei endet oft damit: entfernen.',
    undefined: 'ist undefined. Kommt der Wert aus einer Umgebungsvariablen, und ist sie gesetzt?',
    empty: 'ist leer. Kommt der Wert aus einer Umgebungsvariablen, und ist sie gesetzt?',
    'unset-secret': 'ist nicht gesetzt oder leer. Diese Variable setzen oder SMTP_ACCESS_TOKEN.',
    certificate: 'muss ein Zertifikat in PEM sein, oder mehrere.',
    fingerprint: 'muss "sha256:" und 64 Hexadezimalziffern sein.',
    fingerprints: 'muss eine Liste von 1 bis 16 SHA-256-Fingerabdrücken sein.',
    'tls-version': 'muss "TLSv1.2" oder "TLSv1.3" sein.',
    ciphers: 'darf @SECLEVEL=0 nicht enthalten.',
    'tls-options': 'enthält ein Zertifikat, einen Schlüssel oder eine Liste, die Node nicht verwenden kann ({code}).',
    'implicit-tls': 'muss "never", "last-resort" oder "first" sein.',
    'allow-cleartext': 'muss "never", "loopback" oder "always" sein.',
    'client-name': 'muss der vollständige Name dieses Rechners sein, etwa app.example.com, oder eine Adresse in Klammern.',
    'sender-address': 'muss eine E-Mail-Adresse sein, etwa app@example.com.',
    'sender-login': 'braucht die Anmeldung: "login: false" weglassen.',
    candidates: 'muss eine Liste von 1 bis 16 Ports sein, jeder mit seiner Verschlüsselung.',
    positive: 'muss eine Zahl über 0 sein.',
    'not-negative': 'muss eine Zahl ab 0 sein.',
    'host-list': 'muss ein Hostname, eine IP-Adresse oder ein CIDR-Bereich sein.',
    'no-port': '"never" lässt keinen Port übrig: {host} hat nur implizites TLS.',
    'cleartext-refused': '"none" würde Anmeldung und Nachrichten unverschlüsselt an {host} senden. "starttls" oder "implicit" verwenden; policy.allowCleartext ist für Testserver da.',
    'url-path': 'Die URL darf keinen Pfad haben[: {suggested}].',
    'url-hash': 'Die URL darf kein "#" haben; in einem Passwort als "%23" schreiben[: {suggested}].',
  },
  characters: {
    'U+0009': 'ein Tabulator',
    'U+000A': 'ein Zeilenumbruch',
    'U+000D': 'ein Zeilenumbruch',
    'U+0020': 'ein Leerzeichen',
    'U+00A0': 'ein geschütztes Leerzeichen',
    'U+200B': 'ein Leerzeichen ohne Breite',
  },
  logins: {
    password: 'Passwort',
    'app-password': 'App-Passwort',
    oauth2: 'OAuth2',
    'api-key': 'API-Schlüssel',
    'smtp-credentials': 'SMTP-Zugangsdaten',
  },
  users: {
    email: 'die vollständige E-Mail-Adresse',
    'api-key': 'den API-Schlüssel',
    fixed: '"{word}"',
  },
  refusals: {
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
  nest: {
    headline: 'PosternModule kann den Mailer{name} nicht erzeugen. Diese Optionen oder ihre Umgebungsvariablen berichtigen:',
    options: 'muss ein Objekt sein; prüfen, was die Factory liefert.',
    transport: 'muss ein Objekt mit Optionen des Transports sein.',
    startup: 'muss "background", "ready" oder "lazy" sein.',
    milliseconds: 'muss eine Zahl von 0 bis {max} sein, in Millisekunden.',
    positive: 'muss über 0 sein.',
    unknown: 'ist keine Option von PosternModule; die Schreibweise prüfen.',
  },
  form: {
    title: 'Ausgehende E-Mail',
    account: {
      label: 'E-Mail-Adresse oder Mailserver',
      help: 'Bei bekannten Anbietern reicht die Adresse, sonst der Name des Servers. Port und Verschlüsselung werden selbst gefunden.',
    },
    user: {
      label: 'Benutzername',
      help: 'Meist die vollständige E-Mail-Adresse. Leer lassen, wenn sie schon oben steht.',
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
    },
    ca: {
      label: 'Zertifizierungsstelle',
      help: 'Nur für einen Mailserver mit eigener Zertifizierungsstelle: deren Zertifikat in PEM.',
    },
    check: {
      label: 'Diese Einstellungen testen',
      help: 'Verbindet sich und meldet sich einmal an, mit dem, was hier steht. Nichts wird gesendet, nichts gespeichert.',
      running: 'Test läuft …',
      passed: 'Diese Einstellungen funktionieren.',
      failed: 'Diese Einstellungen funktionieren noch nicht.',
    },
  },
  oauth2: {
    'invalid-grant': {
      message: 'Der Token-Endpunkt {endpoint} hat das Refresh-Token abgelehnt[ ({detail})]: Es ist abgelaufen oder wurde widerrufen.',
      advice: 'Neu anmelden, um ein neues Refresh-Token zu erhalten. Google gibt einer App mit dem Status "Testing" Refresh-Tokens nur für sieben Tage.',
    },
    'invalid-assertion': {
      message: 'Der Token-Endpunkt {endpoint} hat die signierte Anfrage des Dienstkontos abgelehnt[ ({detail})].',
      advice: 'Prüfen, ob es den Schlüssel noch gibt, ob der Benutzer ein Postfach der Domain hat und ob die Uhr dieses Rechners richtig geht.',
    },
    'invalid-client': {
      message: 'Der Token-Endpunkt {endpoint} hat Client-ID und Client-Secret nicht akzeptiert[ ({detail})].',
      advice: 'clientId und clientSecret prüfen. Ein Client-Secret von Microsoft Entra läuft ab: dort ein neues anlegen.',
    },
    'unauthorized-client': {
      message: 'Der Token-Endpunkt {endpoint} erlaubt diesem Client nicht, ein solches Token anzufordern[ ({detail})].',
      advice: 'Microsoft: Mandant und App-Registrierung prüfen. Dienstkonto bei Google: dessen Client-ID mit dem Scope in die domainweite Delegierung eintragen.',
    },
    'invalid-scope': {
      message: 'Der Token-Endpunkt {endpoint} hat den Scope abgelehnt[ ({detail})].',
      advice: 'Microsoft mit Client-Credentials-Flow: https://outlook.office365.com/.default verwenden. Google: https://mail.google.com/.',
    },
    'consent-required': {
      message: 'Der Token-Endpunkt {endpoint} verlangt, dass sich jemand anmeldet oder zustimmt[ ({detail})].',
      advice: 'Neu anmelden oder der App von einem Administrator zustimmen lassen.',
    },
    'login-expired': {
      message: 'Die Anmeldung bei {endpoint} wurde nicht rechtzeitig abgeschlossen[ ({detail})].',
      advice: 'Neu beginnen und abschließen, bevor der neue Code abläuft.',
    },
    'login-denied': {
      message: 'Die Anmeldung bei {endpoint} wurde abgelehnt[ ({detail})].',
      advice: 'Mit dem Postfach anmelden, das sendet, und die Berechtigungen annehmen. Eine Organisation kann die Zustimmung eines Administrators verlangen.',
    },
    'request-rejected': {
      message: 'Der Token-Endpunkt {endpoint} hat die Anfrage abgelehnt[ ({detail})].',
      advice: 'Mandant und Adresse des Token-Endpunkts prüfen.',
    },
    unavailable: {
      message: 'Der Token-Endpunkt {endpoint} kann gerade keine Tokens ausstellen[ ({detail})].',
      advice: 'Hält das an, auf der Statusseite des Anbieters nachsehen.',
    },
    unreachable: {
      message: 'Der Token-Endpunkt {endpoint} war nicht zu erreichen[ ({detail})].',
      advice: 'DNS, Firewall und Proxy dieses Rechners prüfen: {endpoint} muss per HTTPS erreichbar sein.',
    },
    timeout: {
      message: 'Der Token-Endpunkt {endpoint} hat innerhalb von {seconds} s nicht geantwortet.',
      advice: 'Firewall und Proxy dieses Rechners prüfen: {endpoint} muss per HTTPS erreichbar sein.',
    },
    untrusted: {
      message: 'Die TLS-Verbindung zum Token-Endpunkt {endpoint} ließ sich nicht prüfen[ ({detail})].',
      advice: 'Es wurde nichts gesendet. Bricht hier ein Proxy TLS auf, dessen Zertifizierungsstelle in NODE_EXTRA_CA_CERTS angeben.',
    },
    'invalid-answer': {
      message: 'Der Token-Endpunkt {endpoint} hat nicht mit einem Token geantwortet[ ({detail})].',
      advice: 'Die Adresse des Token-Endpunkts prüfen. Vielleicht ist ein Proxy dazwischengeschaltet.',
    },
  },
  problems: {
    'not-allowed': 'Die Berechtigung dafür fehlt.',
    'not-found': 'Unter dieser Adresse gibt es nichts.',
    'method-not-allowed': 'Diese Methode ist hier nicht erlaubt.',
    'not-json': 'Der Inhalt der Anfrage muss JSON sein.',
    'wrong-media-type': 'Der Inhalt der Anfrage muss unkomprimiert als application/json gesendet werden.',
    'too-large': 'Der Inhalt der Anfrage ist zu groß.',
    'too-slow': 'Der Inhalt der Anfrage kam nicht rechtzeitig an.',
    'wrong-request': 'Der Inhalt der Anfrage muss {"settings": {…}, "probe": false, "login": false} sein, mit Einstellungen, die hier erlaubt sind.',
    'wrong-message': 'Der Inhalt der Anfrage muss {"mailer": "…", "to": "…"} sein, mit dem Namen eines Mailers und einer einzelnen E-Mail-Adresse.',
    'too-many-requests': 'Zu viele Anfragen: später noch einmal versuchen.',
    busy: 'Es werden gerade zu viele Anfragen bearbeitet: gleich noch einmal versuchen.',
    unexpected: 'Die Anfrage ist wegen eines internen Fehlers gescheitert.',
  },
}))
