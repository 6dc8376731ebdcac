/**
 * Every sentence a person reads, by code, in English. The other languages are held to these keys and placeholders by
 * `translation`. A part in square brackets is left out when a value in it is not known.
 */
export const en = {
  failures: {
    'dns-not-found': {
      message: 'The name[ {host}] does not exist in DNS.',
      advice: 'Check the host name for a typing error, then the DNS server that this machine uses.',
    },
    'dns-timeout': {
      message: 'The name[ {host}] could not be looked up[ within {seconds} s].',
      advice: 'Check that this machine or container reaches its DNS server.',
    },
    'connect-refused': {
      message: 'The server[ {host}] refused the connection[ on port {port}].',
      advice: 'Nothing listens there, or a firewall rejects it: check which ports the provider has.',
    },
    'connect-timeout': {
      message: 'The server[ {host}] did not answer[ on port {port}][ within {seconds} s].',
      advice: 'Most often a firewall, such as that of the hosting platform, drops the connection: allow the port out, or use another port.',
    },
    'network-unreachable': {
      message: 'There is no route to the server[ {host}].',
      advice: 'Check the network of this machine or container, and whether both sides have IPv4 or IPv6 in common.',
    },
    'greeting-timeout': {
      message: 'The server[ {host}] accepted the connection[ on port {port}] but said nothing[ within {seconds} s].',
      advice: 'Either something in between answers in place of the mail server, or the port expects TLS from the first byte: use security "implicit", or another port.',
    },
    'greeting-rejected': {
      message: 'The server[ {host}] turned the connection away[ on port {port}][ ({reply})].',
      advice: 'Try again later, or ask the provider whether the address of this machine is blocked.',
    },
    'not-smtp': {
      message: 'No mail server answers[ on port {port}][ of {host}].',
      advice: 'Check host and port: another service, or a proxy, answers there.',
    },
    'tls-expected': {
      message: 'The server[ {host}] expects TLS from the first byte[ on port {port}].',
      advice: 'Use security "implicit" for this port (in nodemailer: secure: true), or port 587 with STARTTLS.',
    },
    'starttls-expected': {
      message: 'The server[ {host}] begins in plain text[ on port {port}] and is upgraded with STARTTLS.',
      advice: 'Use security "starttls" for this port (in nodemailer: secure: false, requireTLS: true), or port 465 with implicit TLS.',
    },
    'ehlo-rejected': {
      message: 'The server[ {host}] refused the EHLO command[ on port {port}][ ({reply})].',
      advice: 'Set clientName to the full name of this machine, such as app.example.com.',
    },
    'starttls-not-offered': {
      message: 'The server[ {host}] does not offer STARTTLS[ on port {port}].',
      advice: 'Nothing was sent, as it would have crossed the network unencrypted. Use another port; if this one normally has TLS, something in between removes the offer.',
    },
    'starttls-rejected': {
      message: 'The server[ {host}] offered STARTTLS[ on port {port}] and then refused it[ ({reply})].',
      advice: 'Nothing was sent. Use another port, and tell the provider.',
    },
    'starttls-injection': {
      message: 'The server[ {host}] sent plain text[ on port {port}] that was meant to be taken for encrypted.',
      advice: 'Nothing was sent. Somebody on the network, or a faulty server, tampers with the connection: do not use it.',
    },
    'tls-handshake': {
      message: 'The TLS handshake with the server[ {host}] failed[ on port {port}].',
      advice: 'Check which security the port has, and that no proxy or virus scanner interferes.',
    },
    'tls-version': {
      message: 'The server[ {host}] has no TLS version[ on port {port}] that is still accepted[ (at least {version})].',
      advice: 'The server needs TLS 1.2 or newer (RFC 8997).',
    },
    'certificate-expired': {
      message: 'The certificate of the server[ {host}] has expired[ on port {port}].',
      advice: 'The server needs a new certificate; if it has one, check the clock of this machine.',
    },
    'certificate-not-yet-valid': {
      message: 'The certificate of the server[ {host}] is not valid yet[ on port {port}].',
      advice: 'Check the clock of this machine, then the certificate.',
    },
    'certificate-name': {
      message: 'The certificate[ on port {port}] is made out to another name[ than {host}][: {names}].',
      advice: 'Use a host name that the certificate has, or set tls.servername when you connect by another name on purpose.',
    },
    'certificate-untrusted': {
      message: 'The certificate of the server[ {host}] comes from no authority this machine trusts[ on port {port}].',
      advice: 'For a private authority set tls.ca to its certificate; else the server has to send its whole chain. Do not switch the check off.',
    },
    'auth-not-offered': {
      message: 'The server[ {host}] offers no login[ on port {port}].',
      advice: 'No password was sent. Use a submission port (587, 2525 or 465).',
    },
    'auth-mechanism': {
      message: 'The server[ {host}] offers no login[ on port {port}] that fits these credentials[ (it offers {mechanisms})].',
      advice: 'No password was sent. The provider wants another kind of login, often OAuth2 (accessToken) in place of a password, or the reverse.',
    },
    'auth-rejected': {
      message: 'The server[ {host}] did not accept the login[ on port {port}][ ({reply})].',
      advice: 'Check user name and password. Many providers want an app password, an API key or OAuth2, and the whole address as user name. Postern does not repeat the login on other ports, as that locks accounts.',
    },
    'auth-temporary': {
      message: 'The server[ {host}] could not check the login[ on port {port}][ ({reply})].',
      advice: 'The fault should pass: try again later.',
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
      advice: 'It was not delivered. Check its size and content, and the limits of the account.',
    },
    'envelope-invalid': {
      message: 'The message has no valid sender or recipients.',
      advice: 'Nothing was sent. Give at least one recipient, and addresses without line breaks or angle brackets.',
    },
    'message-unreadable': {
      message: 'The message could not be read to its end.',
      advice: 'It was not delivered. Check that every attachment exists and can be read.',
    },
    'connection-lost': {
      message: 'The connection to the server[ {host}] was lost[ on port {port}].',
      advice: 'The server or something in between closed it. If it happens each time, use another port.',
    },
    'reply-timeout': {
      message: 'The server[ {host}] stopped answering[ on port {port}][ for {seconds} s].',
      advice: 'It hangs or is overloaded: try again later, or use another port.',
    },
    'protocol-error': {
      message: 'The server[ {host}] sent something[ on port {port}] that is not valid SMTP.',
      advice: 'Check host and port, and that no proxy interferes.',
    },
    'reply-too-large': {
      message: 'The server[ {host}] sent a reply without end[ on port {port}].',
      advice: 'It is broken or hostile: check host and port.',
    },
    deadline: {
      message: 'The server[ {host}] took longer than allowed[ on port {port}][: {seconds} s].',
      advice: 'Raise the deadline if the server is known to be slow; else see which stage took the time.',
    },
    aborted: {
      message: 'The caller called the work with the server[ {host}] off[ on port {port}].',
      advice: 'Nothing is known to be wrong with the server.',
    },
    'target-forbidden': {
      message: 'Connections to this target[ ({host}, port {port})] are not allowed here.',
      advice: 'Only public mail servers and mail ports are: the operator can allow a private relay by name.',
    },
    'no-usable-endpoint': {
      message: 'No port of the server[ {host}] could be used.',
      advice: 'See the attempts for the cause on each port.',
    },
  },
  diagnoses: {
    'network-blocks-smtp': {
      message: '{host} was found, but none of its mail ports ({ports}) answered.',
      advice: 'Most often a firewall, such as that of the hosting platform, drops the connection: allow the port out, or use the HTTP interface of the provider.',
    },
    'network-blocks-smtp-platform': {
      message: '{host} was found, but none of its mail ports ({ports}) answered.',
      advice: 'Most often a firewall drops the connection. This app seems to run on {platform}: {cure}',
    },
    'nothing-listens': {
      message: 'No mail port of {host} ({ports}) accepts connections.',
      advice: 'Check the host name: the machine answers, but runs no mail service that is open to this one.',
    },
    'no-secure-port': {
      message: 'No port of {host} ({ports}) offers an encrypted connection that can be trusted.',
      advice: 'Nothing was sent. See the attempts for the cause on each port.',
    },
    mixed: {
      message: 'No port of {host} could be used. {causes}',
      advice: '{advice}',
    },
  },
  health: {
    'certificate-ends': {
      message: 'The certificate of {host} on port {port} ends on {date}.',
      advice: 'Its renewal seems to have failed: tell whoever runs the server, before connections fail.',
    },
  },
  delivery: {
    unknown: {
      message: '{message} By then the message had been handed over, so {host} may have accepted it.',
      advice: 'Check whether it arrived before you send it again: nobody can tell from here (RFC 1047).',
    },
  },
  platforms: {
    'aws-lambda': { name: 'AWS Lambda', cure: 'it blocks port 25, and a function in a VPC reaches the internet through a NAT gateway alone.' },
    azure: { name: 'Azure', cure: 'it restricts port 25, not 587; check the firewall and routes of the virtual network.' },
    'cloud-run': { name: 'Google Cloud', cure: 'it blocks port 25, not 465 or 587; check the firewall and routes of the VPC.' },
    fly: { name: 'Fly.io', cure: 'ask its support which mail ports are open to you.' },
    heroku: { name: 'Heroku', cure: 'its common dynos cannot reach port 25; use a submission port.' },
    railway: { name: 'Railway', cure: 'it has outbound SMTP from the Pro plan up; below, use the HTTP interface of the provider.' },
    render: { name: 'Render', cure: 'free web services cannot reach ports 25, 465 and 587; use 2525 or a paid instance.' },
    vercel: { name: 'Vercel', cure: 'it blocks port 25 alone; wait for the send before the function answers.' },
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
      use: 'Mail from server to server. A site may accept submissions here too (RFC 6409), but most do not.',
      standing: 'Used only on request: most clouds and internet providers block it.',
      history: 'The original port of SMTP; submission by clients has moved to 587.',
    },
    '465': {
      name: 'Submission with implicit TLS',
      use: 'Submission by clients, with TLS from the first byte.',
      standing: 'The last resort, unless policy.implicitTls is "first", as RFC 8314 recommends.',
      history: 'In the 1990s called SMTPS, never standardised and revoked in favour of STARTTLS, hence often described as legacy. In January 2018 RFC 8314 registered it anew and prefers it to STARTTLS; for several years both are to be offered.',
    },
    '587': {
      name: 'Submission',
      use: 'Submission by clients. It begins in plain text and is upgraded with STARTTLS, which Postern requires.',
      standing: 'The first choice.',
      history: 'The registered port for submission (RFC 6409). Seldom blocked, but some free hosting does.',
    },
    '2525': {
      name: 'Alternate submission port',
      use: 'The same as 587, for networks that block it.',
      standing: 'The fallback for 587, where the provider has it.',
      history: 'A convention of mail providers, not a standard. Some use another number, such as 2587; Gmail and Microsoft 365 have none.',
    },
  },
  plan: {
    given: 'You set this port, so no other is tried.',
    candidate: 'It is among your candidates.',
    first: 'The registered port for submission; STARTTLS is required.',
    alternate: 'The usual fallback for 587; STARTTLS is required.',
    'provider-alternate': 'A further port of {provider}; STARTTLS is required.',
    'implicit-last': 'The last resort: implicit TLS.',
    'implicit-first': 'Your policy puts implicit TLS first, as RFC 8314 recommends.',
    'implicit-wanted': 'You asked for implicit TLS.',
    'provider-implicit': '{provider} has implicit TLS alone.',
    discouraged: '{provider} advises against it, so it comes after the others.',
    cleartext: 'Unencrypted: your policy allows that for this host.',
    'port-25': 'Your policy allows port 25 as the very last; STARTTLS is required.',
    'not-given': 'Left out: you set another port.',
    'not-candidate': 'Left out: it is not among your candidates.',
    'not-offered': 'Left out: {provider} does not have it.',
    'implicit-never': 'Left out: your policy rules implicit TLS out.',
    'other-security': 'Left out: you asked for another kind of encryption.',
    'port-25-off': 'Left out: port 25 is for mail from server to server, unless policy.allowPort25 is set.',
    'cleartext-forbidden': 'Left out: unencrypted, and your policy does not allow that for this host.',
  },
  findings: {
    'port-25-submission': {
      message: 'Port 25 is for mail from server to server; most clouds and internet providers block it.',
      advice: 'Use port 587 with STARTTLS, or leave the port out and let Postern choose.',
    },
    'port-465-legacy': {
      message: 'Port 465 with implicit TLS is often described as legacy, but RFC 8314 registered it anew in 2018 and prefers it to STARTTLS.',
      advice: 'It may stay. To have 587 tried as well, leave the port out and let Postern choose.',
    },
    'port-unknown': {
      message: 'Port {port} is no usual port for submission.',
      advice: 'Check which ports the provider has: most often 587, 2525 or 465.',
    },
    'security-mismatch': {
      message: 'Port {port} expects "{expected}", not "{security}".',
      advice: 'Use security "{expected}" for this port (in nodemailer: secure: {secure}), or leave both out and let Postern choose.',
    },
    'starttls-optional': {
      message: '{option} makes encryption optional, so somebody on the network can remove it (RFC 3207 §6).',
      advice: 'Leave {option} out: Postern requires TLS.',
    },
    cleartext: {
      message: 'Mail to {host} would cross the network unencrypted.',
      advice: 'Leave security: "none" out. It is for "localhost" alone.',
    },
    'cleartext-auth': {
      message: 'The login for {host} would cross the network unencrypted.',
      advice: 'Use security "starttls" or "implicit". If the password was ever sent this way, change it.',
    },
    'auth-missing': {
      message: 'There is no login. Submission servers refuse mail without one (RFC 6409 §4.3).',
      advice: 'Set auth.user with auth.pass or auth.accessToken, unless the server knows this machine by its address.',
    },
    'auth-incomplete': {
      message: 'The login is not complete.',
      advice: 'Set auth.user with auth.pass or auth.accessToken, one of the two.',
    },
    'certificate-unchecked': {
      message: 'The certificate of {host} is not checked, so somebody on the network can pose as the server and read the login and the mail.',
      advice: 'Leave tls.rejectUnauthorized out. For a private authority set tls.ca to its certificate; for another name set tls.servername.',
    },
    'tls-outdated': {
      message: '{version} can be broken and is no longer accepted (RFC 8996).',
      advice: 'Leave the version out: Postern requires TLS 1.2 or newer (RFC 8997).',
    },
    'host-is-address': {
      message: '{host} is an address, but certificates are made out to names: the check will most likely fail.',
      advice: 'Use the host name of the provider, or set tls.servername to the name that the certificate has.',
    },
    'host-malformed': {
      message: 'The host is neither a host name nor an IP address.',
      advice: 'Give the name alone, such as smtp.example.com: no scheme, port, path or spaces, and no short form of an address such as 127.1.',
    },
    'provider-port': {
      message: '{provider} does not have port {port}.',
      advice: 'Use {ports}, or leave the port out and let Postern choose.',
    },
    'provider-port-discouraged': {
      message: '{provider} advises against port {port}.',
      advice: 'Use {ports}, or leave the port out and let Postern choose.',
    },
    'provider-auth': {
      message: '{provider} wants another user name: {wanted}.',
      advice: 'Set auth.user to it. The password or key goes into auth.pass.',
    },
    'provider-auth-kind': {
      message: '{provider} has these logins: {kinds}.',
      advice: 'Check that the password is one of them: the one for the website is most often refused.',
    },
    'provider-auth-unsupported': {
      message: '{provider} has other logins: {kinds}.',
      advice: 'A password or key goes into auth.pass, an OAuth2 token into auth.accessToken.',
    },
    'preset-conflict': {
      message: 'The service {provider} does not have {given}, which you set as well and which is used.',
      advice: 'Leave one of the two out. {provider} has {expected}.',
    },
  },
  logins: {
    password: 'password',
    'app-password': 'app password',
    oauth2: 'OAuth2',
    'api-key': 'API key',
    'smtp-credentials': 'SMTP credentials',
  },
  users: {
    email: 'the whole address',
    'api-key': 'the API key',
    fixed: '"{word}"',
  },
  problems: {
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
  },
} as const
