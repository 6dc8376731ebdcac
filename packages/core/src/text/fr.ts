import { translation } from './translation.ts'

/** Every text for people in French, by code. A no-break space precedes each colon and semicolon. */
export const fr = translation(() => ({
  failures: {
    'dns-not-found': {
      message: 'Le nom[ {host}] n’existe pas dans le DNS.',
      advice: 'Vérifiez le nom d’hôte, puis le serveur DNS de cette machine.',
    },
    'dns-timeout': {
      message: 'Le nom[ {host}] n’a pas pu être résolu.',
      advice: 'Vérifiez le serveur DNS de cette machine.',
    },
    'connect-refused': {
      message: 'Le serveur[ {server}] a refusé la connexion.',
      advice: 'Vérifiez quels ports le fournisseur propose.',
    },
    'connect-timeout': {
      message: 'Le serveur[ {server}] n’a pas répondu[ en {seconds} s].',
      advice: 'Le plus souvent, un pare-feu de l’hébergeur bloque la connexion : autorisez les connexions sortantes vers ce port, ou utilisez un autre port.',
    },
    'network-unreachable': {
      message: 'Aucune route ne mène au serveur[ {server}].',
      advice: 'Vérifiez le réseau de cette machine, en IPv4 et en IPv6.',
    },
    'greeting-timeout': {
      message: 'Le serveur[ {server}] a accepté la connexion, mais n’a pas envoyé de message d’accueil[ en {seconds} s].',
      advice: 'Utilisez un autre port, ou security "implicit" : ce port attend peut-être TLS dès le premier octet.',
    },
    'greeting-rejected': {
      message: 'Le serveur[ {server}] a rejeté la connexion[ ({reply})].',
      advice: 'Réessayez plus tard.',
    },
    'not-smtp': {
      message: 'Aucun serveur de messagerie ne répond à cette adresse[ ({server})].',
      advice: 'Vérifiez l’hôte et le port, et qu’aucun proxy n’intervient.',
    },
    'tls-expected': {
      message: 'Le serveur[ {server}] attend TLS dès le premier octet.',
      advice: 'Utilisez security "implicit" pour ce port (dans nodemailer : secure: true), ou le port 587 avec STARTTLS.',
    },
    'starttls-expected': {
      message: 'Le serveur[ {server}] n’utilise pas TLS dès le premier octet : il attend STARTTLS.',
      advice: 'Utilisez security "starttls" pour ce port (dans nodemailer : secure: false, requireTLS: true), ou le port 465 avec TLS implicite.',
    },
    'ehlo-rejected': {
      message: 'Le serveur[ {server}] a refusé la commande EHLO[ ({reply})].',
      advice: 'Donnez à clientName le nom complet de cette machine, par exemple app.example.com.',
    },
    'starttls-not-offered': {
      message: 'Le serveur[ {server}] ne propose pas STARTTLS.',
      advice: 'Rien n’a été envoyé en clair. Utilisez un autre port ; si celui-ci propose d’habitude STARTTLS, un équipement du réseau le supprime.',
    },
    'starttls-rejected': {
      message: 'Le serveur[ {server}] a proposé STARTTLS, puis l’a refusé[ ({reply})].',
      advice: 'Rien n’a été envoyé. Utilisez un autre port.',
    },
    'starttls-injection': {
      message: 'Le serveur[ {server}] a accepté STARTTLS, puis envoyé du texte en clair avant la négociation TLS.',
      advice: 'Rien n’a été envoyé. Utilisez un autre port : il se peut que quelqu’un sur le réseau altère la connexion à celui-ci.',
    },
    'tls-handshake': {
      message: 'La négociation TLS avec le serveur[ {server}] a échoué.',
      advice: 'Vérifiez l’hôte et le port, et qu’aucun proxy n’intervient.',
    },
    'tls-version': {
      message: 'Le serveur[ {server}] ne prend en charge aucune version actuelle de TLS[ (au moins {version})].',
      advice: 'Le serveur doit prendre en charge TLS 1.2 ou une version plus récente (RFC 8997).',
    },
    'certificate-expired': {
      message: 'Le certificat du serveur[ {server}] a expiré.',
      advice: 'Vérifiez l’horloge de cette machine ; si elle est à l’heure, le certificat du serveur doit être renouvelé.',
    },
    'certificate-not-yet-valid': {
      message: 'Le certificat du serveur[ {server}] n’est pas encore valide.',
      advice: 'Vérifiez l’horloge de cette machine ; si elle est à l’heure, le certificat du serveur doit être remplacé.',
    },
    'certificate-name': {
      message: 'Le certificat a été émis pour un autre nom[ que {host}][ : {names}].',
      advice: 'Utilisez un nom d’hôte qui figure dans le certificat, ou indiquez l’un de ses noms dans tls.servername.',
    },
    'certificate-untrusted': {
      message: 'Le certificat du serveur[ {server}] n’a pas été émis par une autorité à laquelle cette machine fait confiance.',
      advice: 'Pour une autorité privée, indiquez son certificat dans tls.ca, ou dans tls.fingerprints une empreinte que l’exploitant vous communique ; sinon, le serveur doit envoyer sa chaîne complète.',
    },
    'certificate-changed': {
      message: 'Le certificat du serveur[ {server}] n’est pas dans tls.fingerprints, et aucun de ceux-ci ne l’a émis[ : son empreinte est {fingerprint}].',
      advice: 'Rien n’a été envoyé. Demandez à l’exploitant si le certificat a été remplacé ; si oui, indiquez le nouveau dans tls.fingerprints. Sinon, quelqu’un sur le réseau intercepte peut-être la connexion.',
    },
    'auth-not-offered': {
      message: 'Le serveur[ {server}] ne propose pas d’authentification.',
      advice: 'Utilisez un autre port : 587, 2525 ou 465. Si aucun ne propose d’authentification, demandez au fournisseur quel serveur utiliser.',
    },
    'auth-mechanism': {
      message: 'Le serveur[ {server}] ne propose aucun mécanisme d’authentification pour ces identifiants[ (il propose {mechanisms})].',
      advice: 'Utilisez OAuth2 (auth.accessToken) au lieu d’un mot de passe, ou l’inverse.',
    },
    'auth-rejected': {
      message: 'Le serveur[ {server}] a refusé l’authentification[ ({reply})].',
      advice: 'Vérifiez le nom d’utilisateur et le mot de passe. Beaucoup de fournisseurs exigent un mot de passe d’application, une clé API ou OAuth2, et l’adresse e-mail complète comme nom d’utilisateur. Aucun autre port n’a été essayé, car des échecs répétés bloquent les comptes.',
    },
    'auth-temporary': {
      message: 'Le serveur[ {server}] n’a pas pu vérifier les identifiants[ ({reply})][ : {source} n’a renvoyé aucun secret].',
      advice: 'Réessayez plus tard.',
    },
    'auth-secret-missing': {
      message: 'Il n’y a pas de secret valide pour l’authentification auprès du serveur[ {server}][ : {source} n’en a renvoyé aucun].',
      advice: 'Réessayer ne sert à rien.',
    },
    'auth-required': {
      message: 'Le serveur[ {server}] n’accepte pas de messages sans authentification[ ({reply})].',
      advice: 'Indiquez auth.user avec auth.pass ou auth.accessToken, ou demandez à l’exploitant d’autoriser l’adresse IP de cette machine.',
    },
    'rate-limited': {
      message: 'Le serveur[ {server}] a refusé en raison d’un trop grand nombre de messages ou de connexions[ ({reply})].',
      advice: 'Réessayez plus tard[, dans {seconds} s], avec moins de connexions ou de messages à la fois (dans nodemailer : maxConnections, rateLimit). Un autre port n’y changerait rien.',
    },
    'sender-rejected': {
      message: 'Le serveur[ {server}] a refusé l’expéditeur[ ({reply})].',
      advice: 'Utilisez une adresse d’expéditeur que le fournisseur a validée pour ce compte.',
    },
    'recipient-rejected': {
      message: 'Le serveur[ {server}] a refusé tous les destinataires[ ({reply})].',
      advice: 'Vérifiez les adresses.',
    },
    'message-rejected': {
      message: 'Le serveur[ {server}] a refusé le message[ ({reply})].',
      advice: 'Le message n’a pas été remis. Vérifiez sa taille et son contenu.',
    },
    'message-too-large': {
      message: 'Le message dépasse la taille que le serveur[ {server}] accepte[ ({reply})].',
      advice: 'Il n’a pas été remis. Envoyez des liens au lieu de grosses pièces jointes, ou demandez sa limite au fournisseur.',
    },
    'require-tls-not-offered': {
      message: 'Le message exige REQUIRETLS, que le serveur[ {server}] ne propose pas.',
      advice: 'Rien n’a été envoyé. Retirez requireTLSExtensionEnabled du message, ou utilisez un serveur qui prend en charge la RFC 8689. Dans les deux cas, la connexion au serveur est chiffrée.',
    },
    'envelope-invalid': {
      message: 'Le message n’a pas d’expéditeur ou de destinataires valides.',
      advice: 'Rien n’a été envoyé. Vérifiez les adresses.',
    },
    'message-unreadable': {
      message: 'Le message n’a pas pu être lu en entier.',
      advice: 'Le message n’a pas été remis. Vérifiez les pièces jointes.',
    },
    'connection-lost': {
      message: 'La connexion au serveur[ {server}] a été interrompue.',
      advice: 'Réessayez plus tard, ou utilisez un autre port.',
    },
    'reply-timeout': {
      message: 'Le serveur[ {server}] ne répond plus[ : aucune réponse en {seconds} s].',
      advice: 'Réessayez plus tard, ou utilisez un autre port.',
    },
    'protocol-error': {
      message: 'Le serveur[ {server}] a envoyé des données qui ne sont pas du SMTP valide.',
      advice: 'Vérifiez l’hôte et le port, et qu’aucun proxy n’intervient.',
    },
    'reply-too-large': {
      message: 'Le serveur[ {server}] a envoyé une réponse trop longue.',
      advice: 'Vérifiez l’hôte et le port, et qu’aucun proxy n’intervient.',
    },
    deadline: {
      message: 'Le serveur[ {server}] a dépassé le délai autorisé[ : {seconds} s].',
      advice: 'Réessayez plus tard, ou augmentez le délai.',
    },
    aborted: {
      message: 'Le code appelant a annulé l’opération.',
      advice: 'Cela n’indique pas de problème du côté du serveur.',
    },
    'target-forbidden': {
      message: 'Les connexions vers cette cible[ {server}] ne sont pas autorisées ici.',
      advice: 'L’exploitant peut les autoriser.',
    },
    'no-usable-endpoint': {
      message: 'Aucun port du serveur[ {host}] n’est utilisable.',
      advice: 'La cause est indiquée pour chaque port dans la liste des tentatives.',
    },
  },
  reasons: {
    'wrong-credentials': {
      message: 'Le serveur[ {server}] a refusé ce nom d’utilisateur avec ce mot de passe[ ({reply})].',
      advice: 'Vérifiez les deux ; le nom d’utilisateur est souvent l’adresse e-mail complète.[ {provider} accepte : {kinds}.] Aucun autre port n’a été essayé, car des échecs répétés bloquent les comptes.',
    },
    'unknown-user': {
      message: 'Le serveur[ {server}] ne connaît pas ce nom d’utilisateur[ ({reply})].',
      advice: 'Vérifiez auth.user : la plupart des fournisseurs demandent l’adresse e-mail complète, certains un mot fixe ou une clé API.',
    },
    'app-password-required': {
      message: 'Pour ce compte, le serveur[ {server}] n’accepte qu’un mot de passe d’application[ ({reply})].',
      advice: 'Créez un mot de passe d’application dans les paramètres de sécurité du compte et indiquez-le dans auth.pass, ou utilisez OAuth2 (auth.accessToken).',
    },
    'basic-auth-disabled': {
      message: 'Le serveur[ {server}] n’accepte plus les mots de passe[ ({reply})].',
      advice: 'Utilisez OAuth2 (auth.accessToken). Pour Microsoft 365 : le flux « client credentials » avec le scope https://outlook.office365.com/.default.',
    },
    'smtp-auth-disabled': {
      message: 'Le serveur[ {server}] n’autorise pas ce compte à envoyer par SMTP[ ({reply})].',
      advice: 'Autorisez SMTP dans les paramètres du compte, ou demandez-le à son administrateur. Pour Microsoft 365 : « SMTP authentifié » de la boîte aux lettres (Set-CASMailbox).',
    },
    'blocked-by-policy': {
      message: 'Une stratégie de sécurité de l’organisation a refusé l’authentification auprès du serveur[ {server}][ ({reply})].',
      advice: 'Demandez à l’administrateur : les paramètres de sécurité par défaut ou l’accès conditionnel excluent peut-être ce compte ou ce type d’authentification.',
    },
    'browser-login-required': {
      message: 'Le serveur[ {server}] exige d’abord une connexion au compte dans un navigateur[ ({reply})].',
      advice: 'Connectez-vous au compte dans un navigateur et confirmez que c’était bien vous. Utilisez ensuite un mot de passe d’application ou OAuth2.',
    },
    'account-disabled': {
      message: 'Le serveur[ {server}] a désactivé ou bloqué ce compte[ ({reply})].',
      advice: 'Connectez-vous sur le site du fournisseur, ou contactez son assistance. Ne répétez pas l’authentification.',
    },
    'address-not-allowed': {
      message: 'Le serveur[ {server}] refuse l’authentification depuis l’adresse IP de cette machine[ ({reply})].',
      advice: 'Ajoutez cette adresse IP à celles que le fournisseur accepte pour ce compte.',
    },
    'mechanism-not-accepted': {
      message: 'Le serveur[ {server}] a refusé le mécanisme d’authentification[ ({reply})].',
      advice: 'Indiquez dans authMethod un autre mécanisme proposé par le serveur, ou utilisez OAuth2 (auth.accessToken) au lieu d’un mot de passe.',
    },
    'token-rejected': {
      message: 'Le serveur[ {server}] a refusé le jeton d’accès[ ({reply})].',
      advice: 'Vérifiez qu’il n’a pas expiré, qu’il a le scope pour SMTP et qu’il a été émis pour auth.user.',
    },
    'too-many-attempts': {
      message: 'Le serveur[ {server}] a refusé l’authentification après trop d’échecs[ ({reply})].',
      advice: 'Attendez avant de réessayer, et vérifiez d’abord le nom d’utilisateur et le mot de passe : d’autres échecs bloqueraient le compte.',
    },
    'dh-key-too-small': {
      message: 'Le serveur[ {server}] utilise des paramètres Diffie-Hellman trop courts pour être sûrs.',
      advice: 'Son opérateur doit configurer des paramètres d’au moins 2048 bits. D’ici là, excluez cet échange de clés : tls.ciphers "DEFAULT:!DHE".',
    },
    'legacy-renegotiation': {
      message: 'Le TLS du serveur[ {server}] est obsolète : il lui manque la renégociation sécurisée (RFC 5746).',
      advice: 'Son opérateur doit le mettre à jour, ou le proxy intermédiaire qui inspecte TLS. D’ici là, envoyez par un autre serveur : la protection n’est pas désactivée.',
    },
  },
  diagnoses: {
    'network-blocks-smtp': {
      message: '{host} existe, mais aucun de ses ports de messagerie ({ports}) n’a répondu.',
      advice: 'Le plus souvent, un pare-feu de l’hébergeur bloque la connexion : autorisez les connexions sortantes vers ce port, ou utilisez l’API HTTP du fournisseur.',
    },
    'network-blocks-smtp-platform': {
      message: '{host} existe, mais aucun de ses ports de messagerie ({ports}) n’a répondu.',
      advice: 'Le plus souvent, un pare-feu bloque la connexion. Cette application semble s’exécuter sur {platform} : {cure}',
    },
    'network-blocks-smtp-partly': {
      message: 'Depuis cette machine, {host} refuse les connexions sur {open} et ne répond pas sur {closed}.',
      advice: 'Le plus souvent, un pare-feu de l’hébergeur bloque la connexion[ ; {platform} le fait par défaut] : autorisez les connexions sortantes vers {closed}, ou utilisez un fournisseur qui accepte les messages sur {open}.',
    },
    'nothing-listens': {
      message: 'Aucun port de messagerie n’accepte de connexion sur {host} ({ports}).',
      advice: 'Vérifiez le nom d’hôte, et quels ports le fournisseur propose.',
    },
    'no-secure-port': {
      message: 'Aucun port n’offre de connexion chiffrée et fiable sur {host} ({ports}).',
      advice: 'Rien n’a été envoyé. La cause est indiquée pour chaque port dans la liste des tentatives.',
    },
    mixed: {
      message: 'Aucun port n’est utilisable sur {host}. {causes}',
      advice: '{advice}',
    },
  },
  delivery: {
    unknown: {
      message: '{message} Le message avait déjà été envoyé en entier : {host} l’a peut-être accepté.',
      advice: 'Vérifiez s’il est arrivé avant de l’envoyer à nouveau (RFC 1047).',
    },
  },
  platforms: {
    'aws-lambda': 'une fonction dans un VPC a besoin d’une passerelle NAT.',
    azure: 'le port 587 n’y est pas bloqué ; vérifiez le pare-feu et les routes.',
    'cloud-run': 'le port 587 n’y est pas bloqué ; vérifiez le pare-feu et les routes.',
    fly: 'demandez à son assistance quels ports sont ouverts.',
    heroku: 'le port 25 y est bloqué ; utilisez un autre port.',
    railway: 'le SMTP sortant y exige l’offre Pro.',
    render: 'les services gratuits n’atteignent que le port 2525 ; s’il ne répond pas non plus, utilisez l’API HTTP du fournisseur.',
    vercel: 'attendez la fin de l’envoi avant que la fonction réponde.',
  },
  stages: {
    dns: 'résolution DNS',
    connect: 'connexion',
    greeting: 'message d’accueil',
    ehlo: 'EHLO',
    starttls: 'STARTTLS',
    tls: 'négociation TLS',
    auth: 'authentification',
    mail: 'expéditeur',
    rcpt: 'destinataires',
    data: 'début du message',
    message: 'message',
    quit: 'fin de la session',
  },
  ports: {
    '25': {
      name: 'SMTP',
      use: 'Courrier de serveur à serveur.',
      role: 'Exclu, sauf si policy.allowPort25 est activé : la plupart des hébergeurs cloud et des fournisseurs d’accès le bloquent.',
      history: 'Le port d’origine de SMTP.',
    },
    '465': {
      name: 'Soumission avec TLS implicite',
      use: 'Soumission, avec TLS dès le premier octet.',
      role: 'Le dernier recours, sauf si policy.implicitTls vaut "first", comme le recommande la RFC 8314.',
      history: 'Appelé SMTPS dans les années 1990, sans être une norme avant 2018 : la RFC 8314 l’a alors enregistré à nouveau et le préfère à STARTTLS.',
    },
    '587': {
      name: 'Soumission',
      use: 'Soumission ; STARTTLS est obligatoire.',
      role: 'Le premier choix.',
      history: 'Le port enregistré pour la soumission (RFC 6409). Certaines offres d’hébergement gratuites le bloquent.',
    },
    '2525': {
      name: 'Port de soumission alternatif',
      use: 'Soumission, comme sur le port 587.',
      role: 'La solution de repli habituelle pour le port 587.',
      history: 'Une convention des fournisseurs de messagerie, pas une norme.',
    },
  },
  plan: {
    given: 'Vos paramètres l’indiquent.',
    first: 'Le port enregistré pour la soumission ; STARTTLS est obligatoire.',
    alternate: 'La solution de repli habituelle pour le port 587 ; STARTTLS est obligatoire.',
    'provider-alternate': 'Un autre port proposé par {provider} ; STARTTLS est obligatoire.',
    'implicit-last': 'Le dernier recours : TLS implicite.',
    'implicit-first': 'Votre politique place TLS implicite en premier, comme le recommande la RFC 8314.',
    'provider-implicit': '{provider} ne propose que TLS implicite.',
    discouraged: '{provider} le déconseille.',
    cleartext: 'Non chiffré : votre politique l’autorise pour cet hôte.',
    'port-25': 'Votre politique l’autorise en dernier ; STARTTLS est obligatoire.',
    'not-given': 'Exclu : vos paramètres indiquent autre chose.',
    'not-offered': 'Exclu : {provider} ne le propose pas.',
    'implicit-never': 'Exclu : votre politique écarte TLS implicite.',
    'port-25-off': 'Exclu, sauf si policy.allowPort25 est activé.',
    'cleartext-forbidden': 'Exclu : votre politique ne l’autorise pas pour cet hôte.',
  },
  findings: {
    'port-25-submission': {
      message: 'Le port 25 sert au courrier de serveur à serveur ; la plupart des hébergeurs cloud et des fournisseurs d’accès le bloquent.',
      advice: 'Utilisez le port 587 avec STARTTLS, ou omettez le port et laissez Postern choisir.',
    },
    'port-465-legacy': {
      message: 'Le port 465 avec TLS implicite est souvent dit obsolète, mais la RFC 8314 l’a enregistré à nouveau en 2018 et le préfère à STARTTLS.',
      advice: 'Pour essayer aussi le port 587, omettez le port et laissez Postern choisir.',
    },
    'port-unknown': {
      message: 'Le port {port} n’est pas un port habituel de soumission.',
      advice: 'Vérifiez quels ports le fournisseur propose : le plus souvent 587, 2525 ou 465.',
    },
    'security-mismatch': {
      message: 'Le port {port} attend "{expected}", et non "{security}".',
      advice: 'Utilisez security "{expected}" pour ce port (dans nodemailer : secure: {secure}), ou omettez les deux et laissez Postern choisir.',
    },
    'starttls-optional': {
      message: '{option} rend le chiffrement facultatif : un attaquant sur le réseau peut alors l’empêcher (RFC 3207 §6).',
      advice: 'Omettez {option} : Postern exige TLS.',
    },
    cleartext: {
      message: 'Les messages vers {host} traverseraient le réseau sans chiffrement.',
      advice: 'Omettez security: "none".',
    },
    'cleartext-auth': {
      message: 'Les identifiants pour {host} traverseraient le réseau sans chiffrement.',
      advice: 'Utilisez security "starttls" ou "implicit". Si le mot de passe a déjà été envoyé sans chiffrement, changez-le.',
    },
    'auth-missing': {
      message: 'Aucun identifiant n’est indiqué, et les serveurs refusent la soumission sans authentification (RFC 6409 §4.3).',
      advice: 'Indiquez auth.user avec auth.pass ou auth.accessToken, sauf si le serveur accepte cette machine d’après son adresse IP.',
    },
    'auth-incomplete': {
      message: 'Les identifiants sont incomplets.',
      advice: 'Indiquez auth.user, et soit auth.pass, soit auth.accessToken.',
    },
    'auth-unset': {
      message: 'Aucune valeur n’est définie pour {field}.',
      advice: 'Si elle vient d’une variable d’environnement, vérifiez que celle-ci est définie.',
    },
    'certificate-unchecked': {
      message: 'Le certificat présenté par {host} n’est pas vérifié : un attaquant sur le réseau peut tout lire.',
      advice: 'Omettez tls.rejectUnauthorized. Pour un certificat privé, renseignez tls.ca ou tls.fingerprints ; pour un autre nom, tls.servername.',
    },
    'ports-blocked': {
      message: 'Depuis cette machine, {host} répond sur {open}, mais pas sur {closed} : c’est le comportement par défaut de {platform}.',
      advice: 'Utilisez un des ports qui répondent, ou demandez à l’assistance de l’hébergeur d’ouvrir les autres.',
    },
    'certificate-expiring': {
      message: 'Le certificat du serveur[ {server}] expire le {date}.',
      advice: 'Le certificat du serveur doit être renouvelé.',
    },
    'password-ends': {
      message: 'À partir du {date}, {provider} n’accepte les mots de passe par SMTP que si un administrateur les autorise.',
      advice: 'Passez à OAuth2 (auth.accessToken) avant cette date : le flux « client credentials » avec le scope {scope}.',
    },
    'password-ended': {
      message: 'Depuis le {date}, {provider} n’accepte les mots de passe par SMTP que si un administrateur les autorise.',
      advice: 'Utilisez OAuth2 (auth.accessToken) : le flux « client credentials » avec le scope {scope}.',
    },
    'tls-outdated': {
      message: '{version} n’est pas sûr et est obsolète (RFC 8996).',
      advice: 'Omettez la version : Postern exige TLS 1.2 ou une version plus récente (RFC 8997).',
    },
    'host-is-address': {
      message: '{host} est une adresse IP, et les certificats sont en général émis pour des noms.',
      advice: 'Utilisez le nom d’hôte du fournisseur, ou indiquez dans tls.servername un nom du certificat.',
    },
    'host-private': {
      message: '{host} est un nom ou une adresse d’un réseau privé, et les autorités publiques n’émettent pas de certificats pour ceux-ci.',
      advice: 'Indiquez son certificat ou son autorité dans tls.ca ou tls.fingerprints, ou un nom public du certificat dans tls.servername. Une vérification des paramètres ne s’y connecte que si son exploitant l’autorise.',
    },
    'host-private-trusted': {
      message: '{host} est un nom ou une adresse d’un réseau privé.',
      advice: 'Une vérification des paramètres ne s’y connecte que si son exploitant l’autorise.',
    },
    'host-malformed': {
      message: 'L’hôte n’est ni un nom d’hôte ni une adresse IP.',
      advice: 'N’indiquez que le nom, par exemple smtp.example.com.',
    },
    'host-form': {
      message: 'L’hôte n’est pas écrit comme les serveurs l’attendent.',
      advice: 'Utilisez sa forme ASCII, et une adresse sans crochets[ : {suggested}].',
    },
    'host-stray': {
      message: 'L’hôte est entouré de caractères qui n’en font pas partie : {characters}.',
      advice: 'Supprimez-les[ et utilisez {suggested}].',
    },
    'host-port': {
      message: 'L’hôte contient le port.',
      advice: 'Indiquez-les séparément[ : {suggested}].',
    },
    'host-url': {
      message: 'L’hôte est une URL ou contient un chemin.',
      advice: 'Indiquez seulement le nom[ : {suggested}].',
    },
    'host-mailbox': {
      message: 'L’hôte est une adresse e-mail.',
      advice: 'Indiquez-la dans auth.user, et dans host le serveur de messagerie de son fournisseur[, {suggested}].',
    },
    'account-unknown': {
      message: 'Le serveur de messagerie de cette adresse e-mail n’est pas connu.',
      advice: 'Saisissez à sa place le serveur de messagerie, par exemple smtp.example.com, et l’adresse comme nom d’utilisateur.',
    },
    'stray-characters': {
      message: '{field} est entouré de caractères qui n’en font sans doute pas partie : {characters}.',
      advice: 'Supprimez-les[ et utilisez {suggested}].',
    },
    'url-malformed': {
      message: 'L’URL n’est pas celle d’un serveur de messagerie.',
      advice: 'Elle doit commencer par smtp://, smtps:// ou smtp+starttls://, comme dans smtp://utilisateur:motdepasse@smtp.example.com:587[. Ici : {suggested}].',
    },
    'url-stray': {
      message: 'L’URL est entourée de caractères qui n’en font pas partie : {characters}.',
      advice: 'Supprimez-les[ et utilisez {suggested}].',
    },
    'url-unencoded': {
      message: 'Le nom d’utilisateur ou le mot de passe de l’URL contient des caractères qui ne sont pas encodés : {characters}.',
      advice: 'Écrivez {encoded} à leur place[, comme dans {suggested}].',
    },
    'provider-port': {
      message: '{provider} ne propose pas le port {port}.',
      advice: 'Utilisez {ports}, ou omettez le port et laissez Postern choisir.',
    },
    'provider-port-discouraged': {
      message: '{provider} déconseille le port {port}.',
      advice: 'Utilisez {ports}, ou omettez le port et laissez Postern choisir.',
    },
    'provider-auth': {
      message: '{provider} exige un autre nom d’utilisateur : {wanted}.',
      advice: 'Indiquez-le dans auth.user, et le mot de passe ou la clé dans auth.pass.',
    },
    'provider-auth-kind': {
      message: '{provider} accepte pour l’authentification : {kinds}.',
      advice: 'Le mot de passe du site web est en général refusé.',
    },
    'preset-conflict': {
      message: '{given} n’appartient pas au service {provider}, mais est utilisé quand même.',
      advice: 'Omettez l’un des deux. {provider} utilise {expected}.',
    },
  },
  issues: {
    summary: 'Les paramètres SMTP ne sont pas utilisables.',
    settings: 'Les paramètres doivent être un objet avec au moins "host", ou une URL smtp://.',
    json: 'Les paramètres doivent être du JSON valide, ou une URL smtp://.',
    'unknown-option': 'n’est pas une option connue de Postern ; vérifiez l’orthographe.',
    conflict: 'ne dit pas la même chose que "{name}" ; n’indiquez que l’une des deux.',
    invalid: 'a une valeur qui n’est pas autorisée ici.',
    'no-host': 'n’est pas définie. Définissez SMTP_URL, ou SMTP_HOST avec SMTP_USER et SMTP_PASS.',
    host: 'doit être seulement le nom d’hôte ou l’adresse IP du serveur de messagerie, par exemple smtp.example.com[. Utilisez {suggested}].',
    service: 'n’est pas un fournisseur connu de Postern ; indiquez "host" à la place.',
    port: 'doit être un nombre entier de 1 à 65535.',
    security: 'doit être "starttls", "implicit" ou "none".',
    boolean: 'doit être true ou false.',
    auth: 'doit contenir "user" et soit "pass", soit "accessToken".',
    user: 'doit être le nom d’utilisateur.',
    pass: 'doit être le mot de passe, ou une fonction qui le renvoie.',
    'access-token': 'doit être un jeton d’accès OAuth2, ou une fonction qui le renvoie.',
    'too-long': 'est beaucoup trop long.',
    'control-character': 'contient {characters}. Une valeur lue dans un fichier se termine souvent ainsi : supprimez ce caractère.',
    undefined: 'vaut undefined. Si la valeur vient d’une variable d’environnement, celle-ci est-elle définie ?',
    empty: 'est vide. Si la valeur vient d’une variable d’environnement, celle-ci est-elle définie ?',
    'unset-secret': 'n’est pas définie, ou est vide. Définissez-la, ou SMTP_ACCESS_TOKEN.',
    certificate: 'doit être un ou plusieurs certificats au format PEM.',
    fingerprint: 'doit être "sha256:" suivi de 64 chiffres hexadécimaux.',
    fingerprints: 'doit être une liste de 1 à 16 empreintes SHA-256.',
    'tls-version': 'doit être "TLSv1.2" ou "TLSv1.3".',
    ciphers: 'ne doit pas contenir @SECLEVEL=0.',
    'tls-options': 'contient un certificat, une clé ou une liste que Node ne peut pas utiliser ({code}).',
    'implicit-tls': 'doit être "never", "last-resort" ou "first".',
    'allow-cleartext': 'doit être "never", "loopback" ou "always".',
    'client-name': 'doit être le nom complet de cette machine, par exemple app.example.com, ou une adresse entre crochets.',
    'sender-address': 'doit être une adresse e-mail, par exemple app@example.com.',
    'sender-login': 'a besoin de l’authentification : supprimez "login: false".',
    candidates: 'doit être une liste de 1 à 16 ports, chacun avec son chiffrement.',
    positive: 'doit être un nombre supérieur à 0.',
    'not-negative': 'doit être un nombre supérieur ou égal à 0.',
    'host-list': 'doit être un nom d’hôte, une adresse IP ou une plage CIDR.',
    'no-port': '"never" ne laisse aucun port : {host} n’offre que le TLS implicite.',
    'cleartext-refused': '"none" enverrait l’authentification et les messages en clair à {host}. Utilisez "starttls" ou "implicit" ; policy.allowCleartext est prévu pour les serveurs de test.',
    'url-path': 'L’URL ne doit pas contenir de chemin[ : {suggested}].',
    'url-hash': 'L’URL ne doit pas contenir de "#" ; dans un mot de passe, écrivez "%23"[ : {suggested}].',
  },
  characters: {
    'U+0009': 'une tabulation',
    'U+000A': 'un saut de ligne',
    'U+000D': 'un saut de ligne',
    'U+0020': 'une espace',
    'U+00A0': 'une espace insécable',
    'U+200B': 'une espace sans chasse',
  },
  logins: {
    password: 'mot de passe',
    'app-password': 'mot de passe d’application',
    oauth2: 'OAuth2',
    'api-key': 'clé API',
    'smtp-credentials': 'identifiants SMTP',
  },
  users: {
    email: 'l’adresse e-mail complète',
    'api-key': 'la clé API',
    fixed: '"{word}"',
  },
  refusals: {
    'second-argument': 'est une option de Postern, qui se place dans le second argument : createTransport(settings, options).',
    'one-connection': 'est une seule connexion, mais chaque port a besoin de la sienne. Utilisez "getSocket", qui est appelé pour chacun.',
    secured: 'décrit une "connection" fournie. Utilisez "getSocket" : Postern établit TLS lui-même.',
    'secure-context': 'peut avoir n’importe quelle version de TLS et omettre toute vérification. Utilisez les options dont il est issu : "cert", "key", "ca", "ciphers".',
    'secure-options': 'peut désactiver des protections d’OpenSSL. Utilisez "minVersion", "maxVersion" et "ciphers".',
    'secure-protocol': 'n’autorise qu’une version de TLS. Utilisez "minVersion" ou "maxVersion".',
    session: 'reprendrait une session sans comparer le certificat avec l’hôte.',
    'psk-callback': 'remplace le certificat, et les serveurs de messagerie en ont un.',
    'enable-trace': 'écrit sur la sortie d’erreur, pas dans le journal. Au besoin, lancez Node avec --trace-tls.',
    timeout: 'est limité par Postern lui-même. Utilisez "selection.budgets.tls".',
    server: 'est une option pour les serveurs, pas pour les clients.',
    elsewhere: 'redirigerait la connexion. Utilisez "host", et "getSocket" ou "proxy" pour passer par un autre chemin.',
    'ignore-tls':
      'enverrait l’authentification et les messages en clair. Supprimez cette option : Postern utilise TLS. Pour un serveur de test sur une autre machine, utilisez policy.allowCleartext.',
    'opportunistic-tls':
      'continue en clair si le chiffrement échoue, ce qu’un attaquant peut provoquer. Supprimez cette option : Postern utilise alors le port suivant. Pour un serveur sans TLS sur cette machine, utilisez security: "none".',
    lmtp: 'dépose dans des boîtes aux lettres, avec une réponse par destinataire. Postern soumet les messages par SMTP. Pour LMTP, utilisez nodemailer.',
  },
  nest: {
    headline: 'PosternModule ne peut pas créer le service d’envoi{name}. Corrigez ces options ou leurs variables d’environnement :',
    options: 'doit être un objet ; vérifiez ce que renvoie la factory.',
    transport: 'doit être un objet avec des options du transport.',
    startup: 'doit être "background", "ready" ou "lazy".',
    milliseconds: 'doit être un nombre de millisecondes de 0 à {max}.',
    positive: 'doit être supérieur à 0.',
    unknown: 'n’est pas une option de PosternModule ; vérifiez l’orthographe.',
  },
  form: {
    title: 'Courrier sortant',
    account: {
      label: 'Adresse e-mail ou serveur de messagerie',
      help: 'L’adresse suffit pour les fournisseurs connus ; sinon, le nom du serveur. Le port et le chiffrement sont trouvés automatiquement.',
    },
    user: {
      label: 'Nom d’utilisateur',
      help: 'Le plus souvent l’adresse e-mail complète. Laissez vide si vous l’avez saisie ci-dessus.',
    },
    secret: {
      label: 'Mot de passe',
      help: 'Beaucoup de fournisseurs demandent ici un mot de passe d’application ou une clé d’API, pas le mot de passe du site. Laissez vide pour un serveur sans authentification.',
    },
    advanced: {
      label: 'Avancé',
      help: 'Nécessaire seulement si votre fournisseur ou votre administrateur le demande.',
    },
    port: {
      label: 'Numéro de port',
      help: 'Vide : 587, puis 2525, puis 465, selon ce qui fonctionne d’ici.',
    },
    security: {
      label: 'Chiffrement',
      help: 'Il y en a toujours un. À choisir seulement avec un port inhabituel.',
      automatic: 'Automatique (recommandé)',
      starttls: 'STARTTLS, habituel sur 587 et 2525',
      implicit: 'TLS dès le premier octet, habituel sur 465',
    },
    clientName: {
      label: 'Nom de ce serveur',
      help: 'Le nom sous lequel ce serveur se présente (EHLO). Certains relais veulent un nom de domaine complet.',
    },
    ca: {
      label: 'Autorité de certification',
      help: 'Seulement pour un serveur avec une autorité privée : son certificat au format PEM.',
    },
    check: {
      label: 'Tester ces paramètres',
      help: 'Se connecte et s’authentifie une fois avec ce qui est saisi ici. Rien n’est envoyé ni enregistré.',
      running: 'Test en cours …',
      passed: 'Ces paramètres fonctionnent.',
      failed: 'Ces paramètres ne fonctionnent pas encore.',
    },
  },
  oauth2: {
    'invalid-grant': {
      message: 'Le point de terminaison de jeton {endpoint} a refusé le jeton d’actualisation[ ({detail})] : il a expiré ou a été révoqué.',
      advice: 'Connectez-vous à nouveau pour obtenir un nouveau jeton d’actualisation. Pour une application à l’état « Testing », ceux de Google ne sont valables que sept jours.',
    },
    'invalid-assertion': {
      message: 'Le point de terminaison de jeton {endpoint} a refusé la demande signée du compte de service[ ({detail})].',
      advice: 'Vérifiez que sa clé existe encore, que l’utilisateur est une boîte aux lettres du domaine et que l’horloge de cette machine est à l’heure.',
    },
    'invalid-client': {
      message: 'Le point de terminaison de jeton {endpoint} a refusé l’identifiant et le secret du client[ ({detail})].',
      advice: 'Vérifiez clientId et clientSecret. Un secret client de Microsoft Entra expire : créez-en un nouveau.',
    },
    'unauthorized-client': {
      message: 'Le point de terminaison de jeton {endpoint} n’autorise pas ce client à demander un tel jeton[ ({detail})].',
      advice: 'Microsoft : vérifiez le locataire et l’inscription de l’application. Compte de service Google : ajoutez son identifiant client avec le scope à la délégation au niveau du domaine.',
    },
    'invalid-scope': {
      message: 'Le point de terminaison de jeton {endpoint} a refusé le scope[ ({detail})].',
      advice: 'Microsoft avec le flux « client credentials » : https://outlook.office365.com/.default. Google : https://mail.google.com/.',
    },
    'consent-required': {
      message: 'Le point de terminaison de jeton {endpoint} exige qu’une personne se connecte ou donne son consentement[ ({detail})].',
      advice: 'Connectez-vous à nouveau, ou demandez à un administrateur de donner son consentement à l’application.',
    },
    'login-expired': {
      message: 'La connexion à {endpoint} n’a pas été terminée à temps[ ({detail})].',
      advice: 'Recommencez, et terminez avant l’expiration du nouveau code.',
    },
    'login-denied': {
      message: 'La connexion à {endpoint} a été refusée[ ({detail})].',
      advice: 'Connectez-vous avec la boîte qui envoie, et acceptez les autorisations. Une organisation peut exiger le consentement d’un administrateur.',
    },
    'request-rejected': {
      message: 'Le point de terminaison de jeton {endpoint} a refusé la demande[ ({detail})].',
      advice: 'Vérifiez le locataire et l’adresse du point de terminaison de jeton.',
    },
    unavailable: {
      message: 'Le point de terminaison de jeton {endpoint} ne peut pas émettre de jetons pour le moment[ ({detail})].',
      advice: 'Si cela persiste, consultez la page d’état du fournisseur.',
    },
    unreachable: {
      message: 'Le point de terminaison de jeton {endpoint} est injoignable[ ({detail})].',
      advice: 'Vérifiez le DNS, le pare-feu et le proxy de cette machine : elle doit joindre {endpoint} en HTTPS.',
    },
    timeout: {
      message: 'Le point de terminaison de jeton {endpoint} n’a pas répondu en {seconds} s.',
      advice: 'Vérifiez le pare-feu et le proxy de cette machine : elle doit joindre {endpoint} en HTTPS.',
    },
    untrusted: {
      message: 'La connexion TLS au point de terminaison de jeton {endpoint} n’a pas pu être vérifiée[ ({detail})].',
      advice: 'Rien n’a été envoyé. Si un proxy inspecte TLS ici, indiquez son autorité à Node avec NODE_EXTRA_CA_CERTS.',
    },
    'invalid-answer': {
      message: 'Le point de terminaison de jeton {endpoint} n’a pas renvoyé de jeton[ ({detail})].',
      advice: 'Vérifiez l’adresse du point de terminaison de jeton, et qu’aucun proxy n’intervient.',
    },
  },
  problems: {
    'not-allowed': 'Vous n’êtes pas autorisé à faire cela.',
    'not-found': 'Il n’y a rien à cette adresse.',
    'method-not-allowed': 'Cette méthode n’est pas autorisée ici.',
    'not-json': 'Le corps de la requête doit être en JSON.',
    'wrong-media-type': 'Le corps de la requête doit être envoyé en application/json, sans compression.',
    'too-large': 'Le corps de la requête est trop volumineux.',
    'too-slow': 'Le corps de la requête n’est pas arrivé à temps.',
    'wrong-request': 'Le corps de la requête doit être {"settings": {…}, "probe": false, "login": false}, avec des paramètres autorisés ici.',
    'wrong-message': 'Le corps de la requête doit être {"mailer": "…", "to": "…"}, avec le nom d’un expéditeur configuré et une seule adresse e-mail.',
    'too-many-requests': 'Trop de requêtes : réessayez plus tard.',
    busy: 'Trop de requêtes sont en cours : réessayez dans un instant.',
    unexpected: 'La requête a échoué à cause d’une erreur interne.',
  },
}))
