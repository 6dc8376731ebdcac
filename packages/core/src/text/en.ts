/**
 * Every sentence a person reads, by code, in English. The other languages are held to these keys and placeholders by
 * `translation`. A part in square brackets is left out when a value in it is not known.
 */
export const en = {
  failures: {
    'dns-not-found': {
      message: 'The name[ {host}] does not exist in DNS.',
      advice: 'Check the host name for a typing error; if it is right, check the DNS server that this machine uses.',
    },
    'dns-timeout': {
      message: 'The name[ {host}] could not be looked up[ within {seconds} s].',
      advice: 'Check that this machine reaches its DNS server (in a container: the network and resolver settings).',
    },
    'connect-refused': {
      message: 'The server[ {host}] refused the connection[ to port {port}].',
      advice: 'Nothing listens there, or a firewall rejects it: check the port, or ask the provider which ports it has.',
    },
    'connect-timeout': {
      message: 'The server[ {host}] did not answer[ on port {port}][ within {seconds} s].',
      advice: 'Most often a firewall, such as that of the hosting platform, drops the connection: allow the port out, or use another one.',
    },
    'network-unreachable': {
      message: 'There is no route from this machine to the server[ {host}].',
      advice: 'Check the network of this machine or container, and whether the server has an address of a family (IPv4, IPv6) that this machine can use.',
    },
    'greeting-timeout': {
      message: 'The server[ {host}] accepted the connection[ to port {port}] but said nothing[ within {seconds} s].',
      advice: 'Either something in between accepts connections in place of the mail server, or the port expects TLS from the first byte: use implicit TLS for this port, or another port.',
    },
    'greeting-rejected': {
      message: 'The server[ {host}] turned the connection[ to port {port}] away with its greeting[ ({reply})].',
      advice: 'The server does not take connections from this address now: wait and try again, or ask the provider whether the address is blocked.',
    },
    'not-smtp': {
      message: 'What answers[ on port {port}][ of {host}] is not a mail server.',
      advice: 'Check host and port: another service, or a proxy, answers there.',
    },
    'tls-expected': {
      message: 'The server[ {host}] expects TLS from the first byte[ on port {port}].',
      advice: 'Use security "implicit" for this port (in nodemailer: secure: true), or port 587 with STARTTLS.',
    },
    'starttls-expected': {
      message: 'The server[ {host}] does not begin with TLS[ on port {port}]: such a port begins in plain text and is upgraded with STARTTLS.',
      advice: 'Use security "starttls" for this port (in nodemailer: secure: false, requireTLS: true), or port 465 with implicit TLS.',
    },
    'ehlo-rejected': {
      message: 'The server[ {host}] refused the EHLO command[ on port {port}][ ({reply})].',
      advice: 'Set clientName to the full name of this machine, such as app.example.com; some servers refuse others.',
    },
    'starttls-not-offered': {
      message: 'The server[ {host}] does not offer STARTTLS[ on port {port}].',
      advice: 'Nothing was sent, as it would have crossed the network in clear text. Use a port that offers TLS; if this one normally does, something in between removes the offer.',
    },
    'starttls-rejected': {
      message: 'The server[ {host}] offered STARTTLS[ on port {port}] and then refused it[ ({reply})].',
      advice: 'Nothing was sent. The TLS set-up of the server is broken, or something in between interferes: try another port, and tell the provider.',
    },
    'starttls-injection': {
      message: 'The server[ {host}] sent plain text[ on port {port}] that was meant to be read as if it had come through TLS.',
      advice: 'Somebody on the network, or a faulty server, tampers with the connection. Do not use this path; nothing was sent.',
    },
    'tls-handshake': {
      message: 'The TLS handshake with the server[ {host}] failed[ on port {port}].',
      advice: 'Check that the port speaks TLS in this way, and that no proxy or virus scanner interferes.',
    },
    'tls-version': {
      message: 'The server[ {host}] and this client have no TLS version in common[ on port {port}][ (at least {version} is required)].',
      advice: 'TLS 1.0 and 1.1 are out of use (RFC 8997): the server needs TLS 1.2 or newer.',
    },
    'certificate-expired': {
      message: 'The certificate of the server[ {host}] has expired[ (port {port})].',
      advice: 'The server needs a new certificate; if it has one, check the clock of this machine.',
    },
    'certificate-not-yet-valid': {
      message: 'The certificate of the server[ {host}] is not valid yet[ (port {port})].',
      advice: 'Check the clock of this machine, then the certificate of the server.',
    },
    'certificate-name': {
      message: 'The certificate of the server is not for the name it was reached by[, {host}, port {port}][, but for {names}].',
      advice: 'Use a host name that the certificate names, or set tls.servername when you connect by another name on purpose.',
    },
    'certificate-untrusted': {
      message: 'The certificate of the server[ {host}] is not signed by an authority this machine trusts[ (port {port})].',
      advice: 'For a private authority set tls.ca to its certificate; else the server sends an incomplete chain or a self-signed certificate. Do not switch the check off.',
    },
    'auth-not-offered': {
      message: 'The server[ {host}] offers no login[ on port {port}].',
      advice: 'No password was sent. Use the submission port of the provider (587, 2525 or 465); port 25 often has no login.',
    },
    'auth-mechanism': {
      message: 'The server[ {host}] offers no way to log in[ on port {port}] that fits these credentials[ (it offers {mechanisms})].',
      advice: 'The provider wants another kind of login, often OAuth2 (accessToken) in place of a password, or the reverse.',
    },
    'auth-rejected': {
      message: 'The server[ {host}] did not accept the login[ on port {port}][ ({reply})].',
      advice: 'Check user name and password. Many providers want an app password, an API key or OAuth2 here, and the user name is often the whole address. Postern does not try the login again on other ports, as that locks accounts.',
    },
    'auth-temporary': {
      message: 'The server[ {host}] could not check the login at the moment[, port {port}][ ({reply})].',
      advice: 'The server has a passing fault: try again in a few minutes.',
    },
    'sender-rejected': {
      message: 'The server[ {host}] did not accept the sender[ ({reply})].',
      advice: 'Use a from address that this account may send for, and have its domain verified by the provider.',
    },
    'recipient-rejected': {
      message: 'The server[ {host}] did not accept any recipient[ ({reply})].',
      advice: 'Check the addresses. If the server speaks of relaying, the login is missing or may not send to others.',
    },
    'message-rejected': {
      message: 'The server[ {host}] did not accept the message[ ({reply})].',
      advice: 'The reply code tells why: size, content, or a limit of the account. The message was not delivered.',
    },
    'envelope-invalid': {
      message: 'The message has no valid sender or recipients.',
      advice: 'Give at least one recipient, and addresses without line breaks or angle brackets. Nothing was sent.',
    },
    'message-unreadable': {
      message: 'The content of the message could not be read to its end.',
      advice: 'An attachment file, stream or URL failed: see that it exists and can be read. The message was not delivered.',
    },
    'connection-lost': {
      message: 'The connection to the server[ {host}][, port {port},] was lost.',
      advice: 'The server or something in between closed it. If it happens each time, try another port and ask the provider.',
    },
    'reply-timeout': {
      message: 'The server[ {host}] stopped answering[ on port {port}][: no reply within {seconds} s].',
      advice: 'The server hangs or is overloaded: try again later, or use another port.',
    },
    'protocol-error': {
      message: 'The server[ {host}] sent something[ on port {port}] that is not valid SMTP.',
      advice: 'Check that the port belongs to a mail server and that no proxy rewrites the dialogue.',
    },
    'reply-too-large': {
      message: 'The server[ {host}] sent a reply[ on port {port}] that goes beyond every limit.',
      advice: 'The server is broken or hostile: check host and port.',
    },
    deadline: {
      message: 'The work with the server[ {host}][, port {port},] was not done in time[ ({seconds} s)].',
      advice: 'Raise the deadline if the server is known to be slow; else see which stage took the time.',
    },
    aborted: {
      message: 'The work with the server[ {host}][, port {port},] was called off by the caller.',
      advice: 'As far as this attempt can tell, nothing is wrong with the server.',
    },
    'target-forbidden': {
      message: 'Connections to this target[ ({host}, port {port})] are not allowed here.',
      advice: 'The operator allows public mail servers on mail ports alone; a private relay must be put on the list of allowed targets.',
    },
    'no-usable-endpoint': {
      message: 'No port of the server[ {host}] could be used.',
      advice: 'See the attempts for the cause on each port.',
    },
  },
  diagnoses: {
    'network-blocks-smtp': {
      message: 'The name {host} was found, but none of its mail ports ({ports}) answered.',
      advice: 'Something between this app and the server drops outbound mail connections, most often the firewall of the hosting platform. Allow one of the ports out, or use the HTTP interface of the provider.',
    },
    'network-blocks-smtp-platform': {
      message: 'The name {host} was found, but none of its mail ports ({ports}) answered.',
      advice: 'Something between this app and the server drops outbound mail connections. This app seems to run on {platform}: {cure}',
    },
    'nothing-listens': {
      message: 'No mail port of {host} ({ports}) accepts connections.',
      advice: 'Check the host name: the machine answers, but runs no mail submission service that this one may reach.',
    },
    'no-secure-port': {
      message: 'No port of {host} ({ports}) offers an encrypted connection that can be trusted.',
      advice: 'Nothing was sent in clear text. See the attempts for what is wrong with TLS on each port.',
    },
    mixed: {
      message: 'No port of {host} could be used. {causes}',
      advice: '{advice}',
    },
  },
  delivery: {
    unknown: {
      message: '{message} By then the message had been handed over, so {host} may have accepted it.',
      advice: 'Look whether it arrived before you send it again: nobody can tell from here (RFC 1047).',
    },
  },
  platforms: {
    'aws-lambda': { name: 'AWS Lambda', cure: 'it blocks port 25, and a function attached to a VPC reaches the internet only through a NAT gateway.' },
    azure: { name: 'Azure', cure: 'it restricts port 25 but not 587; check the network security group, firewall and routes of the virtual network.' },
    'cloud-run': { name: 'Google Cloud', cure: 'it blocks port 25 but neither 465 nor 587; check the firewall and egress settings of the VPC network.' },
    fly: { name: 'Fly.io', cure: 'ask its support which outbound mail ports your organisation may use.' },
    heroku: { name: 'Heroku', cure: 'its common dynos cannot reach port 25; use a submission port, or an add-on with an HTTP interface.' },
    railway: { name: 'Railway', cure: 'outbound SMTP works on its Pro plan and above only; below that, use the HTTP interface of the provider.' },
    render: { name: 'Render', cure: 'free web services cannot reach ports 25, 465 and 587; use 2525 where the provider has it, or a paid instance.' },
    vercel: { name: 'Vercel', cure: 'it blocks port 25 alone; make sure that the function waits for the send before it answers.' },
  },
  stages: {
    dns: 'DNS look-up',
    connect: 'connection',
    greeting: 'greeting',
    ehlo: 'EHLO',
    starttls: 'STARTTLS',
    tls: 'TLS handshake',
    auth: 'login',
    mail: 'sender',
    rcpt: 'recipients',
    data: 'start of the message',
    message: 'message',
    quit: 'goodbye',
  },
  ports: {
    '25': {
      name: 'SMTP',
      use: 'Mail from server to server. RFC 6409 lets a site take submissions here too, but most do not.',
      standing: 'Used only when you ask for it: most clouds and internet providers block it outbound, and it often has no login.',
      history: 'The original port of SMTP. Submission by clients moved to 587 so that the two can have different rules.',
    },
    '465': {
      name: 'Submission with implicit TLS',
      use: 'Submission by clients, with TLS from the first byte.',
      standing: 'The last resort by default, behind 587 and 2525; set policy.implicitTls to "first" to prefer it, as RFC 8314 recommends.',
      history: 'Called SMTPS since the 1990s, and often still described as legacy: that registration was revoked in favour of STARTTLS. RFC 8314 registered the port anew in January 2018 and recommends it in preference to STARTTLS, with both offered for a transition of several years.',
    },
    '587': {
      name: 'Submission',
      use: 'Submission by clients with a login. The connection begins in plain text and is upgraded with STARTTLS, which Postern requires.',
      standing: 'The first choice by default: nearly every provider offers it.',
      history: 'The registered submission port (RFC 6409, STD 72). Rarely blocked, though the free tiers of several clouds do.',
    },
    '2525': {
      name: 'Alternate submission port',
      use: 'The same as 587, with STARTTLS, for networks that block 587.',
      standing: 'The fallback when 587 cannot be used, where the provider has it.',
      history: 'A convention of mail providers and no standard: IANA has the number registered for something else. Gmail and Microsoft 365 do not offer it, some providers use another number, such as 2587.',
    },
  },
  plan: {
    given: 'You set this port, so it is the only one that is tried.',
    candidate: 'It is on your list of candidates.',
    first: 'The registered submission port comes first; STARTTLS is required before anything is sent.',
    alternate: 'Used when no better port can be: a conventional alternative to 587, with the same required STARTTLS.',
    'provider-alternate': 'Used when no better port can be: {provider} documents it as a further port with STARTTLS.',
    'implicit-last': 'The last resort: implicit TLS, when no port with STARTTLS can be used.',
    'implicit-first': 'Your policy puts implicit TLS first, as RFC 8314 recommends.',
    'implicit-wanted': 'You asked for implicit TLS.',
    'starttls-after': 'Used when no port with implicit TLS can be: STARTTLS is required there too.',
    'provider-only-implicit': '{provider} documents submission with implicit TLS alone.',
    discouraged: 'Comes after the others, because {provider} advises against it.',
    'cleartext-allowed': 'Unencrypted: your policy accepts that for this host.',
    'port-25-allowed': 'The very last, because your policy allows port 25; STARTTLS is required.',
    'not-given': 'Left out: you set another port, and it is honoured alone.',
    'not-candidate': 'Left out: it is not on your list of candidates.',
    'provider-lacks': 'Left out: {provider} does not document it.',
    'implicit-never': 'Left out: your policy rules implicit TLS out.',
    'other-security': 'Left out: you asked for another kind of encryption.',
    'port-25-off': 'Left out: port 25 is for mail between servers. Set policy.allowPort25 to use it.',
    'cleartext-forbidden': 'Left out: unencrypted, and your policy does not accept that for this host.',
  },
  findings: {
    'port-25-submission': {
      message: 'Port 25 is for mail between servers; it is not meant for submission by an application.',
      advice: 'Use port 587 with STARTTLS, or leave the port out and let Postern choose. Most clouds and internet providers block 25 outbound.',
    },
    'port-465-legacy': {
      message: 'Port 465 will be used, with implicit TLS. It is often called legacy, but RFC 8314 registered it anew in 2018 and prefers it to STARTTLS.',
      advice: 'Nothing needs to be done. Unlike the default there is no way out when a network blocks 465: leave the port out if 587 should be tried too.',
    },
    'port-unknown': {
      message: 'Port {port} is not a usual submission port.',
      advice: 'Check it against the documentation of the provider: usual are 587, 2525 and 465. For a server of your own this is fine.',
    },
    'security-mismatch': {
      message: 'Port {port} with "{security}" cannot be expected to work: this port speaks "{expected}".',
      advice: 'Set security to "{expected}" (in nodemailer: secure: {secure}), or leave port and security out and let Postern choose.',
    },
    'starttls-optional': {
      message: '"{option}" asks for encryption that may be left out. Somebody on the network can then remove the offer of STARTTLS and read everything (RFC 3207 §6).',
      advice: 'Remove "{option}". Postern requires TLS whenever STARTTLS is used; to forgo it, say security: "none", which is accepted for this machine alone.',
    },
    cleartext: {
      message: 'Mail to {host} would cross the network unencrypted.',
      advice: 'Remove security: "none", so that TLS is used. For a server on this machine, use "localhost" as the host.',
    },
    'cleartext-auth': {
      message: 'The login for {host} would cross the network unencrypted, for everybody on the way to read.',
      advice: 'Use security "starttls" or "implicit". If the login was ever sent this way, change the password.',
    },
    'auth-missing': {
      message: 'There is no login. Submission servers refuse mail without one (RFC 6409 §4.3).',
      advice: 'Set auth.user with auth.pass or auth.accessToken. A relay that knows this machine by its address needs none.',
    },
    'auth-incomplete': {
      message: 'The login is not complete: it needs a user name with either a password or an access token.',
      advice: 'Set auth.user together with auth.pass, or with auth.accessToken for OAuth2; not both.',
    },
    'certificate-unchecked': {
      message: 'The certificate of {host} is not checked, so anybody on the way can pose as the server and read the login and the mail.',
      advice: 'Remove tls.rejectUnauthorized: false. For a private authority set tls.ca to its certificate; for another name set tls.servername.',
    },
    'tls-outdated': {
      message: '{version} is out of use: it can be broken, and RFC 8996 forbids it.',
      advice: 'Remove the setting: Postern asks for TLS 1.2 or newer (RFC 8997).',
    },
    'host-is-address': {
      message: 'The host {host} is an address. Certificates are made out to names, so the check will most likely fail.',
      advice: 'Use the host name that the provider documents, or set tls.servername to the name in the certificate.',
    },
    'host-malformed': {
      message: 'The host is missing, or is not a host name or IP address.',
      advice: 'Write the name alone, such as smtp.example.com: no scheme, no port, no path, no spaces, and no address in a short form such as 127.1.',
    },
    'provider-port': {
      message: '{provider} does not document port {port} for submission.',
      advice: 'Use one of {ports}, or leave the port out and let Postern choose among them.',
    },
    'provider-port-discouraged': {
      message: '{provider} advises against port {port}.',
      advice: 'Use one of {ports}, or leave the port out and let Postern choose among them.',
    },
    'provider-auth': {
      message: '{provider} wants another user name here: {wanted}.',
      advice: 'Set auth.user accordingly; the password or key goes into auth.pass.',
    },
    'provider-auth-kind': {
      message: '{provider} takes these kinds of login: {kinds}.',
      advice: 'See that the password is one of them; the password of the web login is refused in many cases.',
    },
    'provider-auth-unsupported': {
      message: '{provider} does not document this kind of login. It takes: {kinds}.',
      advice: 'Use one of these kinds: a password or key goes into auth.pass, an OAuth2 token into auth.accessToken.',
    },
    'preset-conflict': {
      message: '"service" says {provider}, but {given} does not belong to it. Postern uses what you set by itself, and not the preset.',
      advice: 'Give either the service or your own host and port. {provider} has {expected}.',
    },
  },
  logins: {
    password: 'the password of the mailbox',
    'app-password': 'an app password',
    oauth2: 'OAuth2',
    'api-key': 'an API key',
    'smtp-credentials': 'SMTP credentials made for this purpose',
  },
  users: {
    email: 'the whole e-mail address',
    account: 'the name of the account',
    'api-key': 'the API key',
    fixed: 'the word "{word}"',
  },
} as const
