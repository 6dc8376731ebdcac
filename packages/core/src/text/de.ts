import { translation } from './translation.ts'

/** Jeder Satz, den ein Mensch liest, auf Deutsch. */
export const de = translation({
  failures: {
    'dns-not-found': {
      message: 'Den Namen[ {host}] gibt es im DNS nicht.',
      advice: 'Den Hostnamen auf Tippfehler prüfen; stimmt er, den DNS-Server prüfen, den dieser Rechner benutzt.',
    },
    'dns-timeout': {
      message: 'Der Name[ {host}] konnte nicht[ innerhalb von {seconds} s] aufgelöst werden.',
      advice: 'Prüfen, ob dieser Rechner seinen DNS-Server erreicht (im Container: Netzwerk und Resolver).',
    },
    'connect-refused': {
      message: 'Der Server[ {host}] hat die Verbindung[ auf Port {port}] abgelehnt.',
      advice: 'Dort lauscht niemand, oder eine Firewall weist ab: den Port prüfen oder beim Anbieter nachsehen, welche Ports er hat.',
    },
    'connect-timeout': {
      message: 'Der Server[ {host}] hat[ auf Port {port}][ innerhalb von {seconds} s] nicht geantwortet.',
      advice: 'Meist verwirft eine Firewall die Verbindung, etwa die der Hosting-Plattform: den Port nach außen freigeben oder einen anderen verwenden.',
    },
    'network-unreachable': {
      message: 'Von diesem Rechner führt kein Weg zum Server[ {host}].',
      advice: 'Das Netzwerk dieses Rechners oder Containers prüfen, und ob der Server eine Adresse der passenden Familie (IPv4, IPv6) hat.',
    },
    'greeting-timeout': {
      message: 'Der Server[ {host}] hat die Verbindung[ auf Port {port}] angenommen, sich aber[ innerhalb von {seconds} s] nicht gemeldet.',
      advice: 'Entweder nimmt etwas auf dem Weg Verbindungen anstelle des Mailservers an, oder der Port erwartet TLS ab dem ersten Byte: implizites TLS für diesen Port einstellen oder einen anderen Port verwenden.',
    },
    'greeting-rejected': {
      message: 'Der Server[ {host}] hat die Verbindung[ auf Port {port}] schon bei der Begrüßung abgewiesen[ ({reply})].',
      advice: 'Der Server nimmt von dieser Adresse derzeit keine Verbindungen an: später noch einmal versuchen oder beim Anbieter fragen, ob die Adresse gesperrt ist.',
    },
    'not-smtp': {
      message: 'Was[ auf Port {port}][ von {host}] antwortet, ist kein Mailserver.',
      advice: 'Host und Port prüfen: Dort antwortet ein anderer Dienst oder ein Proxy.',
    },
    'tls-expected': {
      message: 'Der Server[ {host}] erwartet[ auf Port {port}] TLS ab dem ersten Byte.',
      advice: 'Für diesen Port security "implicit" einstellen (in nodemailer: secure: true) oder Port 587 mit STARTTLS verwenden.',
    },
    'starttls-expected': {
      message: 'Der Server[ {host}] beginnt[ auf Port {port}] nicht mit TLS: Ein solcher Port beginnt im Klartext und wird mit STARTTLS verschlüsselt.',
      advice: 'Für diesen Port security "starttls" einstellen (in nodemailer: secure: false, requireTLS: true) oder Port 465 mit implizitem TLS verwenden.',
    },
    'ehlo-rejected': {
      message: 'Der Server[ {host}] hat den Befehl EHLO[ auf Port {port}] abgelehnt[ ({reply})].',
      advice: 'clientName auf den vollen Namen dieses Rechners setzen, etwa app.example.com; manche Server lehnen andere ab.',
    },
    'starttls-not-offered': {
      message: 'Der Server[ {host}] bietet[ auf Port {port}] kein STARTTLS an.',
      advice: 'Es wurde nichts gesendet, denn es wäre im Klartext durchs Netz gegangen. Einen Port mit TLS verwenden; bietet dieser es sonst an, entfernt etwas auf dem Weg das Angebot.',
    },
    'starttls-rejected': {
      message: 'Der Server[ {host}] hat STARTTLS[ auf Port {port}] angeboten und dann abgelehnt[ ({reply})].',
      advice: 'Es wurde nichts gesendet. Entweder ist TLS auf dem Server falsch eingerichtet, oder etwas auf dem Weg greift ein: einen anderen Port versuchen und den Anbieter verständigen.',
    },
    'starttls-injection': {
      message: 'Der Server[ {host}] hat[ auf Port {port}] Klartext geschickt, der wirken sollte, als käme er durch TLS.',
      advice: 'Jemand im Netz oder ein fehlerhafter Server manipuliert die Verbindung. Diesen Weg nicht benutzen; es wurde nichts gesendet.',
    },
    'tls-handshake': {
      message: 'Der TLS-Handshake mit dem Server[ {host}] ist[ auf Port {port}] gescheitert.',
      advice: 'Prüfen, ob der Port TLS auf diese Weise spricht und ob ein Proxy oder Virenscanner eingreift.',
    },
    'tls-version': {
      message: 'Der Server[ {host}] und dieser Client haben[ auf Port {port}] keine TLS-Version gemeinsam[ (mindestens {version} ist nötig)].',
      advice: 'TLS 1.0 und 1.1 sind außer Gebrauch (RFC 8997): Der Server braucht TLS 1.2 oder neuer.',
    },
    'certificate-expired': {
      message: 'Das Zertifikat des Servers[ {host}] ist abgelaufen[ (Port {port})].',
      advice: 'Der Server braucht ein neues Zertifikat; hat er eines, die Uhr dieses Rechners prüfen.',
    },
    'certificate-not-yet-valid': {
      message: 'Das Zertifikat des Servers[ {host}] ist noch nicht gültig[ (Port {port})].',
      advice: 'Zuerst die Uhr dieses Rechners prüfen, dann das Zertifikat des Servers.',
    },
    'certificate-name': {
      message: 'Das Zertifikat des Servers ist nicht für den Namen ausgestellt, unter dem er angesprochen wurde[ ({host}, Port {port})][, sondern für {names}].',
      advice: 'Einen Hostnamen verwenden, der im Zertifikat steht, oder tls.servername setzen, wenn der andere Name Absicht ist.',
    },
    'certificate-untrusted': {
      message: 'Das Zertifikat des Servers[ {host}] stammt von keiner Stelle, der dieser Rechner vertraut[ (Port {port})].',
      advice: 'Bei einer eigenen Zertifizierungsstelle deren Zertifikat in tls.ca angeben; sonst schickt der Server eine unvollständige Kette oder ein selbst signiertes Zertifikat. Die Prüfung nicht abschalten.',
    },
    'auth-not-offered': {
      message: 'Der Server[ {host}] bietet[ auf Port {port}] keine Anmeldung an.',
      advice: 'Es wurde kein Passwort gesendet. Den Einlieferungsport des Anbieters verwenden (587, 2525 oder 465); auf Port 25 gibt es oft keine Anmeldung.',
    },
    'auth-mechanism': {
      message: 'Der Server[ {host}] bietet[ auf Port {port}] keine Anmeldung an, die zu diesen Zugangsdaten passt[ (im Angebot: {mechanisms})].',
      advice: 'Der Anbieter will eine andere Art der Anmeldung, oft OAuth2 (accessToken) statt eines Passworts oder umgekehrt.',
    },
    'auth-rejected': {
      message: 'Der Server[ {host}] hat die Anmeldung[ auf Port {port}] nicht angenommen[ ({reply})].',
      advice: 'Benutzernamen und Passwort prüfen. Viele Anbieter verlangen hier ein App-Passwort, einen API-Schlüssel oder OAuth2, und der Benutzername ist oft die ganze Adresse. Postern wiederholt die Anmeldung nicht auf anderen Ports, denn das sperrt Konten.',
    },
    'auth-temporary': {
      message: 'Der Server[ {host}] konnte die Anmeldung gerade nicht prüfen[, Port {port}][ ({reply})].',
      advice: 'Der Server hat eine vorübergehende Störung: in ein paar Minuten noch einmal versuchen.',
    },
    'sender-rejected': {
      message: 'Der Server[ {host}] hat den Absender nicht angenommen[ ({reply})].',
      advice: 'Eine Absenderadresse verwenden, für die dieses Konto senden darf, und ihre Domain beim Anbieter bestätigen.',
    },
    'recipient-rejected': {
      message: 'Der Server[ {host}] hat keinen der Empfänger angenommen[ ({reply})].',
      advice: 'Die Adressen prüfen. Spricht der Server von „relay“, fehlt die Anmeldung, oder sie darf nicht an andere senden.',
    },
    'message-rejected': {
      message: 'Der Server[ {host}] hat die Nachricht nicht angenommen[ ({reply})].',
      advice: 'Den Grund nennt der Antwortcode: Größe, Inhalt oder eine Grenze des Kontos. Die Nachricht wurde nicht zugestellt.',
    },
    'envelope-invalid': {
      message: 'Die Nachricht hat keinen gültigen Absender oder keine gültigen Empfänger.',
      advice: 'Mindestens einen Empfänger angeben, und Adressen ohne Zeilenumbrüche und spitze Klammern. Es wurde nichts gesendet.',
    },
    'message-unreadable': {
      message: 'Der Inhalt der Nachricht konnte nicht bis zum Ende gelesen werden.',
      advice: 'Ein Anhang (Datei, Stream oder URL) ist fehlgeschlagen: prüfen, ob es ihn gibt und ob er lesbar ist. Die Nachricht wurde nicht zugestellt.',
    },
    'connection-lost': {
      message: 'Die Verbindung zum Server[ {host}][, Port {port},] ist abgerissen.',
      advice: 'Der Server oder etwas auf dem Weg hat sie geschlossen. Geschieht das jedes Mal, einen anderen Port versuchen und beim Anbieter nachfragen.',
    },
    'reply-timeout': {
      message: 'Der Server[ {host}] antwortet[ auf Port {port}] nicht mehr[: keine Antwort innerhalb von {seconds} s].',
      advice: 'Der Server hängt oder ist überlastet: später noch einmal versuchen oder einen anderen Port verwenden.',
    },
    'protocol-error': {
      message: 'Der Server[ {host}] hat[ auf Port {port}] etwas gesendet, das kein gültiges SMTP ist.',
      advice: 'Prüfen, ob der Port zu einem Mailserver gehört und ob ein Proxy den Dialog verändert.',
    },
    'reply-too-large': {
      message: 'Der Server[ {host}] hat[ auf Port {port}] eine Antwort geschickt, die jedes Maß übersteigt.',
      advice: 'Der Server ist defekt oder feindselig: Host und Port prüfen.',
    },
    deadline: {
      message: 'Die Arbeit mit dem Server[ {host}][, Port {port},] wurde nicht rechtzeitig fertig[ ({seconds} s)].',
      advice: 'Die Frist verlängern, wenn der Server als langsam bekannt ist; sonst nachsehen, welche Stufe die Zeit gebraucht hat.',
    },
    aborted: {
      message: 'Die Arbeit mit dem Server[ {host}][, Port {port},] wurde vom Aufrufer abgebrochen.',
      advice: 'Soweit dieser Versuch es zeigt, ist mit dem Server alles in Ordnung.',
    },
    'target-forbidden': {
      message: 'Verbindungen zu diesem Ziel[ ({host}, Port {port})] sind hier nicht erlaubt.',
      advice: 'Der Betreiber erlaubt nur öffentliche Mailserver auf Mail-Ports; ein privates Relay muss auf die Liste der erlaubten Ziele.',
    },
    'no-usable-endpoint': {
      message: 'Kein Port des Servers[ {host}] war benutzbar.',
      advice: 'Die Ursache für jeden Port steht bei den einzelnen Versuchen.',
    },
  },
  diagnoses: {
    'network-blocks-smtp': {
      message: 'Der Name {host} wurde gefunden, aber keiner der Mail-Ports ({ports}) hat geantwortet.',
      advice: 'Etwas zwischen dieser Anwendung und dem Server verwirft ausgehende Mailverbindungen, meist die Firewall der Hosting-Plattform. Einen der Ports nach außen freigeben oder die HTTP-Schnittstelle des Anbieters verwenden.',
    },
    'network-blocks-smtp-platform': {
      message: 'Der Name {host} wurde gefunden, aber keiner der Mail-Ports ({ports}) hat geantwortet.',
      advice: 'Etwas zwischen dieser Anwendung und dem Server verwirft ausgehende Mailverbindungen. Die Anwendung läuft anscheinend auf {platform}: {cure}',
    },
    'nothing-listens': {
      message: 'Kein Mail-Port von {host} ({ports}) nimmt Verbindungen an.',
      advice: 'Den Hostnamen prüfen: Der Rechner antwortet, betreibt aber keinen Maildienst, der von hier erreichbar wäre.',
    },
    'no-secure-port': {
      message: 'Kein Port von {host} ({ports}) bietet eine verschlüsselte Verbindung, der man trauen kann.',
      advice: 'Es wurde nichts im Klartext gesendet. Was an TLS auf jedem Port nicht stimmt, steht bei den einzelnen Versuchen.',
    },
    mixed: {
      message: 'Kein Port von {host} war benutzbar. {causes}',
      advice: '{advice}',
    },
  },
  delivery: {
    unknown: {
      message: '{message} Da war die Nachricht schon übergeben; {host} kann sie also angenommen haben.',
      advice: 'Vor einem neuen Versuch nachsehen, ob sie angekommen ist: Von hier aus lässt es sich nicht sagen (RFC 1047).',
    },
  },
  platforms: {
    'aws-lambda': { name: 'AWS Lambda', cure: 'Port 25 ist dort gesperrt, und eine Funktion in einem VPC erreicht das Internet nur über ein NAT-Gateway.' },
    azure: { name: 'Azure', cure: 'Port 25 ist dort eingeschränkt, 587 nicht; Netzwerksicherheitsgruppe, Firewall und Routen des virtuellen Netzes prüfen.' },
    'cloud-run': { name: 'Google Cloud', cure: 'Port 25 ist dort gesperrt, 465 und 587 sind es nicht; Firewall- und Egress-Einstellungen des VPC-Netzes prüfen.' },
    fly: { name: 'Fly.io', cure: 'beim Support fragen, welche ausgehenden Mail-Ports die Organisation benutzen darf.' },
    heroku: { name: 'Heroku', cure: 'gewöhnliche Dynos erreichen Port 25 nicht; einen Einlieferungsport verwenden oder ein Add-on mit HTTP-Schnittstelle.' },
    railway: { name: 'Railway', cure: 'ausgehendes SMTP gibt es dort erst ab dem Pro-Tarif; darunter die HTTP-Schnittstelle des Anbieters verwenden.' },
    render: { name: 'Render', cure: 'kostenlose Web-Services erreichen die Ports 25, 465 und 587 nicht; 2525 verwenden, wo der Anbieter ihn hat, oder eine bezahlte Instanz.' },
    vercel: { name: 'Vercel', cure: 'dort ist nur Port 25 gesperrt; sicherstellen, dass die Funktion den Versand abwartet, bevor sie antwortet.' },
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
      use: 'Mail von Server zu Server. RFC 6409 lässt zu, dass auch hier eingeliefert wird; die meisten Server erlauben es nicht.',
      standing: 'Nur auf ausdrücklichen Wunsch: Die meisten Clouds und Internetanbieter sperren ihn nach außen, und oft gibt es dort keine Anmeldung.',
      history: 'Der ursprüngliche Port von SMTP. Die Einlieferung durch Clients zog auf 587 um, damit für beides eigene Regeln gelten können.',
    },
    '465': {
      name: 'Einlieferung mit implizitem TLS',
      use: 'Einlieferung durch Clients, mit TLS ab dem ersten Byte.',
      standing: 'In der Voreinstellung der letzte Ausweg, nach 587 und 2525; mit policy.implicitTls "first" kommt er zuerst, wie RFC 8314 es empfiehlt.',
      history: 'Seit den 1990er Jahren als SMTPS bekannt und oft noch als veraltet bezeichnet: Die damalige Registrierung wurde zugunsten von STARTTLS widerrufen. RFC 8314 hat den Port im Januar 2018 neu registriert und empfiehlt ihn vor STARTTLS; für eine Übergangszeit von mehreren Jahren soll es beides geben.',
    },
    '587': {
      name: 'Einlieferung (Submission)',
      use: 'Einlieferung durch Clients mit Anmeldung. Die Verbindung beginnt im Klartext und wird mit STARTTLS verschlüsselt; Postern besteht darauf.',
      standing: 'In der Voreinstellung die erste Wahl: Fast jeder Anbieter hat ihn.',
      history: 'Der registrierte Port für die Einlieferung (RFC 6409, STD 72). Er ist selten gesperrt, in den kostenlosen Tarifen mehrerer Clouds aber schon.',
    },
    '2525': {
      name: 'Ausweichport für die Einlieferung',
      use: 'Dasselbe wie 587, mit STARTTLS, für Netze, die 587 sperren.',
      standing: 'Der Ausweg, wenn 587 nicht geht, sofern der Anbieter ihn hat.',
      history: 'Eine Gepflogenheit der Anbieter und kein Standard: Bei der IANA ist die Nummer für etwas anderes registriert. Gmail und Microsoft 365 haben ihn nicht, manche Anbieter nehmen eine andere Nummer, etwa 2587.',
    },
  },
  plan: {
    given: 'Dieser Port ist eingestellt; darum wird nur er versucht.',
    candidate: 'Er steht auf der Liste der Kandidaten.',
    first: 'Der registrierte Einlieferungsport kommt zuerst; bevor etwas gesendet wird, ist STARTTLS Pflicht.',
    alternate: 'Wenn kein besserer Port geht: der übliche Ausweichport für 587, ebenfalls mit STARTTLS als Pflicht.',
    'provider-alternate': 'Wenn kein besserer Port geht: {provider} nennt ihn als weiteren Port mit STARTTLS.',
    'implicit-last': 'Der letzte Ausweg: implizites TLS, wenn kein Port mit STARTTLS geht.',
    'implicit-first': 'Die Policy stellt implizites TLS an den Anfang, wie RFC 8314 es empfiehlt.',
    'implicit-wanted': 'Implizites TLS ist ausdrücklich eingestellt.',
    'starttls-after': 'Wenn kein Port mit implizitem TLS geht: Auch hier ist STARTTLS Pflicht.',
    'provider-only-implicit': '{provider} nennt nur die Einlieferung mit implizitem TLS.',
    discouraged: 'Kommt nach den anderen, weil {provider} davon abrät.',
    'cleartext-allowed': 'Unverschlüsselt: Die Policy lässt das für diesen Host zu.',
    'port-25-allowed': 'Der allerletzte, weil die Policy Port 25 erlaubt; STARTTLS ist Pflicht.',
    'not-given': 'Entfällt: Ein anderer Port ist eingestellt und gilt allein.',
    'not-candidate': 'Entfällt: Er steht nicht auf der Liste der Kandidaten.',
    'provider-lacks': 'Entfällt: {provider} nennt ihn nicht.',
    'implicit-never': 'Entfällt: Die Policy schließt implizites TLS aus.',
    'other-security': 'Entfällt: Eine andere Art der Verschlüsselung ist eingestellt.',
    'port-25-off': 'Entfällt: Port 25 ist für Mail zwischen Servern. Mit policy.allowPort25 wird er benutzt.',
    'cleartext-forbidden': 'Entfällt: unverschlüsselt, und die Policy lässt das für diesen Host nicht zu.',
  },
  findings: {
    'port-25-submission': {
      message: 'Port 25 ist für Mail zwischen Servern da, nicht für die Einlieferung durch eine Anwendung.',
      advice: 'Port 587 mit STARTTLS verwenden oder den Port weglassen und Postern wählen lassen. Die meisten Clouds und Internetanbieter sperren 25 nach außen.',
    },
    'port-465-legacy': {
      message: 'Verwendet wird Port 465 mit implizitem TLS. Er gilt oft als veraltet, aber RFC 8314 hat ihn 2018 neu registriert und zieht ihn STARTTLS vor.',
      advice: 'Es ist nichts zu tun. Anders als in der Voreinstellung gibt es keinen Ausweg, wenn ein Netz 465 sperrt: den Port weglassen, wenn auch 587 versucht werden soll.',
    },
    'port-unknown': {
      message: 'Port {port} ist kein üblicher Port für die Einlieferung.',
      advice: 'Mit der Dokumentation des Anbieters vergleichen: Üblich sind 587, 2525 und 465. Bei einem eigenen Server ist das in Ordnung.',
    },
    'security-mismatch': {
      message: 'Port {port} mit "{security}" wird kaum funktionieren: Dieser Port spricht "{expected}".',
      advice: 'security auf "{expected}" setzen (in nodemailer: secure: {secure}) oder Port und security weglassen und Postern wählen lassen.',
    },
    'starttls-optional': {
      message: '"{option}" lässt zu, dass die Verschlüsselung unterbleibt. Wer im Netz sitzt, kann dann das Angebot von STARTTLS entfernen und alles mitlesen (RFC 3207 §6).',
      advice: '"{option}" entfernen. Mit STARTTLS besteht Postern immer auf TLS; wer darauf verzichten will, setzt security: "none", was nur für diesen Rechner selbst gilt.',
    },
    cleartext: {
      message: 'Die Mail an {host} ginge unverschlüsselt durchs Netz.',
      advice: 'security: "none" entfernen, damit TLS verwendet wird. Für einen Server auf diesem Rechner "localhost" als Host angeben.',
    },
    'cleartext-auth': {
      message: 'Die Anmeldung bei {host} ginge unverschlüsselt durchs Netz, für alle auf dem Weg lesbar.',
      advice: 'security "starttls" oder "implicit" verwenden. Wurde die Anmeldung schon einmal so gesendet, das Passwort ändern.',
    },
    'auth-missing': {
      message: 'Es gibt keine Anmeldung. Einlieferungsserver nehmen ohne Anmeldung keine Mail an (RFC 6409 §4.3).',
      advice: 'auth.user mit auth.pass oder auth.accessToken setzen. Ein Relay, das diesen Rechner an seiner Adresse erkennt, braucht keine.',
    },
    'auth-incomplete': {
      message: 'Die Anmeldung ist unvollständig: Sie braucht einen Benutzernamen und entweder ein Passwort oder ein Zugriffstoken.',
      advice: 'auth.user zusammen mit auth.pass setzen, für OAuth2 mit auth.accessToken; nicht beides.',
    },
    'certificate-unchecked': {
      message: 'Das Zertifikat von {host} wird nicht geprüft; wer auf dem Weg sitzt, kann sich als der Server ausgeben und Anmeldung und Mail mitlesen.',
      advice: 'tls.rejectUnauthorized: false entfernen. Bei einer eigenen Zertifizierungsstelle deren Zertifikat in tls.ca angeben; bei einem anderen Namen tls.servername setzen.',
    },
    'tls-outdated': {
      message: '{version} ist außer Gebrauch: Es lässt sich brechen, und RFC 8996 verbietet es.',
      advice: 'Die Einstellung entfernen: Postern verlangt TLS 1.2 oder neuer (RFC 8997).',
    },
    'host-is-address': {
      message: 'Der Host {host} ist eine Adresse. Zertifikate werden auf Namen ausgestellt, die Prüfung wird also wahrscheinlich scheitern.',
      advice: 'Den Hostnamen verwenden, den der Anbieter nennt, oder tls.servername auf den Namen im Zertifikat setzen.',
    },
    'host-malformed': {
      message: 'Der Host fehlt oder ist weder ein Hostname noch eine IP-Adresse.',
      advice: 'Nur den Namen angeben, etwa smtp.example.com: ohne Schema, Port, Pfad und Leerzeichen, und keine Adresse in Kurzform wie 127.1.',
    },
    'provider-port': {
      message: '{provider} nennt Port {port} nicht für die Einlieferung.',
      advice: 'Einen von {ports} verwenden oder den Port weglassen und Postern unter ihnen wählen lassen.',
    },
    'provider-port-discouraged': {
      message: '{provider} rät von Port {port} ab.',
      advice: 'Einen von {ports} verwenden oder den Port weglassen und Postern unter ihnen wählen lassen.',
    },
    'provider-auth': {
      message: '{provider} erwartet hier einen anderen Benutzernamen: {wanted}.',
      advice: 'auth.user entsprechend setzen; das Passwort oder der Schlüssel gehört in auth.pass.',
    },
    'provider-auth-kind': {
      message: '{provider} nimmt diese Arten der Anmeldung: {kinds}.',
      advice: 'Darauf achten, dass das Passwort eine davon ist; das Passwort der Weboberfläche wird in vielen Fällen abgelehnt.',
    },
    'provider-auth-unsupported': {
      message: '{provider} nennt diese Art der Anmeldung nicht. Möglich sind: {kinds}.',
      advice: 'Eine dieser Arten verwenden: Ein Passwort oder Schlüssel gehört in auth.pass, ein OAuth2-Token in auth.accessToken.',
    },
    'preset-conflict': {
      message: '"service" nennt {provider}, aber {given} gehört nicht dazu. Postern verwendet die eigene Angabe und nicht die Voreinstellung.',
      advice: 'Entweder den Dienst oder eigenen Host und Port angeben. {provider} hat {expected}.',
    },
  },
  logins: {
    password: 'das Passwort des Postfachs',
    'app-password': 'ein App-Passwort',
    oauth2: 'OAuth2',
    'api-key': 'ein API-Schlüssel',
    'smtp-credentials': 'eigens angelegte SMTP-Zugangsdaten',
  },
  users: {
    email: 'die ganze E-Mail-Adresse',
    account: 'der Name des Kontos',
    'api-key': 'der API-Schlüssel',
    fixed: 'das Wort "{word}"',
  },
})
