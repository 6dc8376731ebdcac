/**
 * Every text for people in English, by code. `translation` checks that other languages have the same keys and placeholders.
 * A part in square brackets is omitted if one of its values is unknown.
 */
export const en = {
  failures: {
    'dns-not-found': {
      message: 'The name[ {host}] does not exist in DNS.',
      advice: 'Check the host name, then the DNS server of this machine.',
    },
    'dns-timeout': {
      message: 'The name[ {host}] could not be resolved.',
      advice: 'Check the DNS server of this machine.',
    },
    'connect-refused': {
      message: 'The server[ {server}] refused the connection.',
      advice: 'Check which ports the provider offers.',
    },
    'connect-timeout': {
      message: 'The server[ {server}] did not answer[ within {seconds} s].',
      advice: 'Most often a firewall of the hosting platform drops the connection: allow outbound connections to the port, or use another port.',
    },
    'network-unreachable': {
      message: 'There is no route to the server[ {server}].',
      advice: 'Check the network of this machine, IPv4 and IPv6.',
    },
    'greeting-timeout': {
      message: 'The server[ {server}] accepted the connection but sent no greeting[ within {seconds} s].',
      advice: 'Use another port, or security "implicit": the port may expect TLS from the first byte.',
    },
    'greeting-rejected': {
      message: 'The server[ {server}] rejected the connection[ ({reply})].',
      advice: 'Try again later.',
    },
    'not-smtp': {
      message: 'No mail server answers[ at {server}].',
      advice: 'Check host and port, and that no proxy interferes.',
    },
    'tls-expected': {
      message: 'The server[ {server}] expects TLS from the first byte.',
      advice: 'Use security "implicit" for this port (in nodemailer: secure: true), or port 587 with STARTTLS.',
    },
    'starttls-expected': {
      message: 'The server[ {server}] does not use TLS from the first byte; it expects STARTTLS.',
      advice: 'Use security "starttls" for this port (in nodemailer: secure: false, requireTLS: true), or port 465 with implicit TLS.',
    },
    'ehlo-rejected': {
      message: 'The server[ {server}] refused the EHLO command[ ({reply})].',
      advice: 'Set clientName to the full name of this machine, such as app.example.com.',
    },
    'starttls-not-offered': {
      message: 'The server[ {server}] does not offer STARTTLS.',
      advice: 'Nothing was sent in plain text. Use another port; if this one normally offers STARTTLS, something on the network removes it.',
    },
    'starttls-rejected': {
      message: 'The server[ {server}] offered STARTTLS and then refused it[ ({reply})].',
      advice: 'Nothing was sent. Use another port.',
    },
    'starttls-injection': {
      message: 'The server[ {server}] sent plain text after it accepted STARTTLS, before the TLS handshake.',
      advice: 'Nothing was sent. Use another port: someone on the network may be tampering with this one.',
    },
    'tls-handshake': {
      message: 'The TLS handshake with the server[ {server}] failed.',
      advice: 'Check host and port, and that no proxy interferes.',
    },
    'tls-version': {
      message: 'The server[ {server}] does not support a current TLS version[ (at least {version})].',
      advice: 'Its operator should turn on TLS 1.2 or newer (RFC 8997). Until then, use another port or server: older versions are insecure and not used.',
    },
    'certificate-expired': {
      message: 'The certificate of the server[ {server}] has expired.',
      advice: 'The server needs a new certificate, unless the clock of this machine is wrong.',
    },
    'certificate-not-yet-valid': {
      message: 'The certificate of the server[ {server}] is not valid yet.',
      advice: 'The server needs a new certificate, unless the clock of this machine is wrong.',
    },
    'certificate-name': {
      message: 'The certificate was issued for another name[ than {host}][: {names}].',
      advice: 'Use a host name that the certificate contains, or set tls.servername to one of its names.',
    },
    'certificate-untrusted': {
      message: 'The certificate of the server[ {server}] was not issued by an authority that this machine trusts.',
      advice: 'For a private authority, set tls.ca to its certificate, or tls.fingerprints to a fingerprint that its operator gives you; otherwise the server must send its complete chain.',
    },
    'certificate-changed': {
      message: 'The certificate of the server[ {server}] is not one of tls.fingerprints, and none of them has issued it[: it is {fingerprint}].',
      advice: 'Nothing was sent. Ask the operator whether the certificate was replaced; if so, set tls.fingerprints to the new one. If not, someone on the network may be intercepting the connection.',
    },
    'auth-not-offered': {
      message: 'The server[ {server}] offers no login.',
      advice: 'Use another port: 587, 2525 or 465. If none of them offers a login, ask the provider which server does.',
    },
    'auth-mechanism': {
      message: 'The server[ {server}] offers no login mechanism for these credentials[ (it offers {mechanisms})].',
      advice: 'Use OAuth2 (auth.accessToken) instead of a password, or the other way round.',
    },
    'auth-rejected': {
      message: 'The server[ {server}] did not accept the login[ ({reply})].',
      advice: 'Check the user name and password. Many providers require an app password, an API key or OAuth2, and the full e-mail address as the user name. No other port was tried, because repeated failures lock accounts.',
    },
    'auth-temporary': {
      message: 'The server[ {server}] could not check the login[ ({reply})][: {source} returned no secret].',
      advice: 'Try again later.',
    },
    'auth-secret-missing': {
      message: 'There is no valid secret for the login at the server[ {server}][: {source} returned none].',
      advice: 'Trying again does not help.',
    },
    'auth-required': {
      message: 'The server[ {server}] accepts no mail without a login[ ({reply})].',
      advice: 'Set auth.user with auth.pass or auth.accessToken, or ask the operator to accept this machine by its IP address.',
    },
    'rate-limited': {
      message: 'The server[ {server}] refused because of too many messages or connections[ ({reply})].',
      advice: 'Try again later[, in {seconds} s], with fewer connections or messages at a time (in nodemailer: maxConnections, rateLimit). Another port would not help.',
    },
    'sender-rejected': {
      message: 'The server[ {server}] did not accept the sender[ ({reply})].',
      advice: 'Use a sender address that the provider has verified for this account.',
    },
    'recipient-rejected': {
      message: 'The server[ {server}] did not accept any recipient[ ({reply})].',
      advice: 'Check the addresses.',
    },
    'message-rejected': {
      message: 'The server[ {server}] did not accept the message[ ({reply})].',
      advice: 'The message was not delivered. Check its size and content.',
    },
    'message-too-large': {
      message: 'The message is larger than the server[ {server}] accepts[ ({reply})].',
      advice: 'It was not delivered. Send links instead of large attachments, or ask your provider for its limit.',
    },
    'require-tls-not-offered': {
      message: 'The message requires REQUIRETLS, which the server[ {server}] does not offer.',
      advice: 'Nothing was sent. Remove requireTLSExtensionEnabled from the message, or use a server that supports RFC 8689. The connection to the server is encrypted either way.',
    },
    'envelope-invalid': {
      message: 'The message has no valid sender or recipients.',
      advice: 'Nothing was sent. Check the addresses.',
    },
    'message-unreadable': {
      message: 'The message could not be read completely.',
      advice: 'The message was not delivered. Check the attachments.',
    },
    'connection-lost': {
      message: 'The connection to the server[ {server}] was lost.',
      advice: 'Try again later, or use another port.',
    },
    'reply-timeout': {
      message: 'The server[ {server}] stopped responding[: no reply within {seconds} s].',
      advice: 'Try again later, or use another port.',
    },
    'protocol-error': {
      message: 'The server[ {server}] sent something that is not valid SMTP.',
      advice: 'Check host and port, and that no proxy interferes.',
    },
    'reply-too-large': {
      message: 'The server[ {server}] sent a reply that is too large.',
      advice: 'Check host and port, and that no proxy interferes.',
    },
    deadline: {
      message: 'The server[ {server}] took longer than allowed[: {seconds} s].',
      advice: 'Try again later, or increase the deadline.',
    },
    aborted: {
      message: 'The caller aborted the operation.',
      advice: 'This does not indicate a problem with the server.',
    },
    'target-forbidden': {
      message: 'Connections to this target[ {server}] are not allowed here.',
      advice: 'The operator can allow it.',
    },
    'no-usable-endpoint': {
      message: 'No port of the server[ {host}] could be used.',
      advice: 'See the attempts for the cause on each port.',
    },
  },
  reasons: {
    'wrong-credentials': {
      message: 'The server[ {server}] did not accept this user name with this password[ ({reply})].',
      advice: 'Check both; the user name is often the full e-mail address.[ {provider} accepts: {kinds}.] No other port was tried, because repeated failures lock accounts.',
    },
    'unknown-user': {
      message: 'The server[ {server}] does not know the user name[ ({reply})].',
      advice: 'Check auth.user: most providers want the full e-mail address, some a fixed word or an API key.',
    },
    'app-password-required': {
      message: 'The server[ {server}] accepts only an app password for this account[ ({reply})].',
      advice: 'Create an app password in the security settings of the account and set auth.pass to it, or use OAuth2 (auth.accessToken).',
    },
    'basic-auth-disabled': {
      message: 'The server[ {server}] accepts no passwords any more[ ({reply})].',
      advice: 'Use OAuth2 (auth.accessToken). For Microsoft 365: client credentials with the scope https://outlook.office365.com/.default.',
    },
    'smtp-auth-disabled': {
      message: 'The server[ {server}] does not allow this account to send over SMTP[ ({reply})].',
      advice: 'Allow SMTP in the settings of the account, or ask its administrator. For Microsoft 365: "Authenticated SMTP" of the mailbox (Set-CASMailbox).',
    },
    'blocked-by-policy': {
      message: 'A security policy of the organisation refused the login to the server[ {server}][ ({reply})].',
      advice: 'Ask the administrator: security defaults or conditional access may exclude this account or this kind of login.',
    },
    'browser-login-required': {
      message: 'The server[ {server}] wants a login in a web browser first[ ({reply})].',
      advice: 'Log in to the account in a browser and confirm that it was you. Then use an app password or OAuth2.',
    },
    'account-disabled': {
      message: 'The server[ {server}] has disabled or locked this account[ ({reply})].',
      advice: 'Log in on the website of the provider or ask its support. Do not repeat the login.',
    },
    'address-not-allowed': {
      message: 'The server[ {server}] does not accept logins from the IP address of this machine[ ({reply})].',
      advice: 'Add the IP address to those that the provider accepts for this account.',
    },
    'mechanism-not-accepted': {
      message: 'The server[ {server}] did not accept the login mechanism[ ({reply})].',
      advice: 'Set authMethod to another mechanism that the server offers, or use OAuth2 (auth.accessToken) instead of a password.',
    },
    'token-rejected': {
      message: 'The server[ {server}] did not accept the access token[ ({reply})].',
      advice: 'Check that it has not expired, that it has the scope for SMTP, and that it was issued for auth.user.',
    },
    'too-many-attempts': {
      message: 'The server[ {server}] refused the login after too many failed attempts[ ({reply})].',
      advice: 'Wait before the next login, and check the user name and password first: further failures lock the account.',
    },
    'dh-key-too-small': {
      message: 'The server[ {server}] uses Diffie-Hellman parameters that are too short to be secure.',
      advice: 'Its operator should set parameters of 2048 bits or more. Until then, leave that key exchange out: tls.ciphers "DEFAULT:!DHE".',
    },
    'legacy-renegotiation': {
      message: 'The TLS of the server[ {server}] is outdated: it lacks secure renegotiation (RFC 5746).',
      advice: 'Its operator should update it, or the proxy in between that inspects TLS. Until then, send through another server: the protection is not turned off.',
    },
  },
  diagnoses: {
    'network-blocks-smtp': {
      message: '{host} was found, but none of its mail ports ({ports}) answered.',
      advice: 'Most often a firewall of the hosting platform drops the connection: allow outbound connections to the port, or use the HTTP API of the provider.',
    },
    'network-blocks-smtp-platform': {
      message: '{host} was found, but none of its mail ports ({ports}) answered.',
      advice: 'Most often a firewall drops the connection. This app seems to run on {platform}: {cure}',
    },
    'network-blocks-smtp-partly': {
      message: 'From here, {host} refuses connections on {open} and does not answer on {closed}.',
      advice: 'Most often a firewall of the hosting platform drops the connection[; {platform} does that by default]: allow outbound connections to {closed}, or use a provider that accepts mail on {open}.',
    },
    'nothing-listens': {
      message: 'No mail port of {host} ({ports}) accepts connections.',
      advice: 'Check the host name, and which ports the provider has.',
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
  delivery: {
    unknown: {
      message: '{message} The complete message had been sent by then, so {host} may have accepted it.',
      advice: 'Check whether it arrived before you send it again (RFC 1047).',
    },
  },
  platforms: {
    'aws-lambda': 'a function in a VPC needs a NAT gateway.',
    azure: 'port 587 is not blocked there; check the firewall and the routes.',
    'cloud-run': 'port 587 is not blocked there; check the firewall and the routes.',
    fly: 'ask its support which ports are open.',
    heroku: 'port 25 is blocked there; use another port.',
    railway: 'outbound SMTP needs its Pro plan.',
    render: 'free services can reach only port 2525; if that does not respond either, use the HTTP API of the provider.',
    vercel: 'await the send before the function responds.',
  },
  stages: {
    dns: 'DNS lookup',
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
    quit: 'end of the session',
  },
  ports: {
    '25': {
      name: 'SMTP',
      use: 'Mail from server to server.',
      role: 'Left out, unless policy.allowPort25 is set: most clouds and internet providers block it.',
      history: 'The original port of SMTP.',
    },
    '465': {
      name: 'Submission with implicit TLS',
      use: 'Submission, with TLS from the first byte.',
      role: 'The last resort, unless policy.implicitTls is "first", as RFC 8314 recommends.',
      history: 'Called SMTPS in the 1990s and not a standard until 2018, when RFC 8314 registered it again. That RFC prefers it to STARTTLS.',
    },
    '587': {
      name: 'Submission',
      use: 'Submission; STARTTLS is required.',
      role: 'The first choice.',
      history: 'The registered port for submission (RFC 6409). Some free hosting plans block it.',
    },
    '2525': {
      name: 'Alternate submission port',
      use: 'Submission, as on 587.',
      role: 'The usual fallback for 587.',
      history: 'A convention of mail providers, not a standard.',
    },
  },
  plan: {
    given: 'Your settings specify it.',
    first: 'The registered port for submission; STARTTLS is required.',
    alternate: 'The usual fallback for 587; STARTTLS is required.',
    'provider-alternate': 'Another port of {provider}; STARTTLS is required.',
    'implicit-last': 'The last resort: implicit TLS.',
    'implicit-first': 'Your policy puts implicit TLS first, as RFC 8314 recommends.',
    'provider-implicit': '{provider} offers implicit TLS only.',
    discouraged: '{provider} advises against it.',
    cleartext: 'Unencrypted: your policy allows that for this host.',
    'port-25': 'Your policy allows it as the last rung; STARTTLS is required.',
    'not-given': 'Left out: your settings specify something else.',
    'not-offered': 'Left out: {provider} does not offer it.',
    'implicit-never': 'Left out: your policy excludes implicit TLS.',
    'port-25-off': 'Left out, unless policy.allowPort25 is set.',
    'cleartext-forbidden': 'Left out: your policy does not allow that for this host.',
  },
  findings: {
    'port-25-submission': {
      message: 'Port 25 is for mail from server to server; most clouds and internet providers block it.',
      advice: 'Use port 587 with STARTTLS, or leave the port out and let Postern choose.',
    },
    'port-465-legacy': {
      message: 'Port 465 with implicit TLS is often described as legacy, but RFC 8314 registered it again in 2018 and prefers it to STARTTLS.',
      advice: 'To also try 587, leave the port out and let Postern choose.',
    },
    'port-unknown': {
      message: 'Port {port} is not a usual port for submission.',
      advice: 'Check which ports the provider offers: most often 587, 2525 or 465.',
    },
    'security-mismatch': {
      message: 'Port {port} expects "{expected}", not "{security}".',
      advice: 'Use security "{expected}" for this port (in nodemailer: secure: {secure}), or leave both out and let Postern choose.',
    },
    'starttls-optional': {
      message: '{option} makes encryption optional, so an attacker on the network can prevent it (RFC 3207 §6).',
      advice: 'Leave {option} out: Postern requires TLS.',
    },
    cleartext: {
      message: 'Mail to {host} would cross the network unencrypted.',
      advice: 'Leave security: "none" out.',
    },
    'cleartext-auth': {
      message: 'The login for {host} would cross the network unencrypted.',
      advice: 'Use security "starttls" or "implicit". If the password was ever sent unencrypted, change it.',
    },
    'auth-missing': {
      message: 'No login is set, and servers refuse submissions without one (RFC 6409 §4.3).',
      advice: 'Set auth.user with auth.pass or auth.accessToken, unless the server accepts this machine by its IP address.',
    },
    'auth-incomplete': {
      message: 'The login is not complete.',
      advice: 'Set auth.user and either auth.pass or auth.accessToken.',
    },
    'auth-unset': {
      message: 'No value is set for {field}.',
      advice: 'If it comes from an environment variable, check that it is set.',
    },
    'certificate-unchecked': {
      message: 'The certificate of {host} is not verified, so an attacker on the network can read everything.',
      advice: 'Leave tls.rejectUnauthorized out. For a private certificate, set tls.ca or tls.fingerprints; for another name, set tls.servername.',
    },
    'ports-blocked': {
      message: 'From here, {host} answers on {open}, but not on {closed}: that is what {platform} does by default.',
      advice: 'Use one of the ports that answer, or ask the support of the hosting platform to open the others.',
    },
    'certificate-expiring': {
      message: 'The certificate of the server[ {server}] expires on {date}.',
      advice: 'The server needs a new certificate.',
    },
    'password-ends': {
      message: 'From {date} on, {provider} accepts passwords over SMTP only if an administrator allows them.',
      advice: 'Change to OAuth2 (auth.accessToken) before that: client credentials with the scope {scope}.',
    },
    'password-ended': {
      message: 'Since {date}, {provider} accepts passwords over SMTP only if an administrator allows them.',
      advice: 'Use OAuth2 (auth.accessToken): client credentials with the scope {scope}.',
    },
    'tls-outdated': {
      message: '{version} is insecure and deprecated (RFC 8996).',
      advice: 'Leave the version out: Postern requires TLS 1.2 or newer (RFC 8997).',
    },
    'host-is-address': {
      message: '{host} is an IP address, and certificates are usually issued for names.',
      advice: 'Use the host name of the provider, or set tls.servername to a name in the certificate.',
    },
    'host-malformed': {
      message: 'The host is neither a host name nor an IP address.',
      advice: 'Use only the name, such as smtp.example.com.',
    },
    'host-private': {
      message: '{host} is a name or address of a private network, and public authorities issue no certificates for those.',
      advice: 'Set tls.ca or tls.fingerprints to its own certificate or authority, or tls.servername to a public name in the certificate. A settings check connects to it only if its operator allows it.',
    },
    'host-private-trusted': {
      message: '{host} is a name or address of a private network.',
      advice: 'A settings check connects to it only if its operator allows it.',
    },
    'host-form': {
      message: 'The host is not written as servers expect it.',
      advice: 'Use its ASCII form, and an address without brackets[: {suggested}].',
    },
    'host-stray': {
      message: 'The host has characters around it that do not belong to it: {characters}.',
      advice: 'Leave them out[ and use {suggested}].',
    },
    'host-port': {
      message: 'The host has the port in it.',
      advice: 'Set them separately[: {suggested}].',
    },
    'host-url': {
      message: 'The host is a URL or has a path.',
      advice: 'Use only the name[: {suggested}].',
    },
    'host-mailbox': {
      message: 'The host is an e-mail address.',
      advice: 'Set auth.user to it, and host to the mail server of its provider[, {suggested}].',
    },
    'account-unknown': {
      message: 'The mail server of this e-mail address is not known.',
      advice: 'Enter the mail server in its place, such as smtp.example.com, and the address as the user name.',
    },
    'stray-characters': {
      message: '{field} has characters around it that probably do not belong to it: {characters}.',
      advice: 'Leave them out[ and use {suggested}].',
    },
    'url-malformed': {
      message: 'The URL is not one for a mail server.',
      advice: 'Begin it with smtp://, smtps:// or smtp+starttls://, as in smtp://user:password@smtp.example.com:587[. Here: {suggested}].',
    },
    'url-stray': {
      message: 'The URL has characters around it that do not belong to it: {characters}.',
      advice: 'Leave them out[ and use {suggested}].',
    },
    'url-unencoded': {
      message: 'The user name or password in the URL has characters that are not percent-encoded: {characters}.',
      advice: 'Write {encoded} in their place[, as in {suggested}].',
    },
    'provider-port': {
      message: '{provider} does not offer port {port}.',
      advice: 'Use {ports}, or leave the port out and let Postern choose.',
    },
    'provider-port-discouraged': {
      message: '{provider} advises against port {port}.',
      advice: 'Use {ports}, or leave the port out and let Postern choose.',
    },
    'provider-auth': {
      message: '{provider} requires a different user name: {wanted}.',
      advice: 'Set auth.user to that, and auth.pass to the password or key.',
    },
    'provider-auth-kind': {
      message: '{provider} accepts these logins: {kinds}.',
      advice: 'The password for the website is usually refused.',
    },
    'preset-conflict': {
      message: '{given} does not belong to the service {provider}, but is used anyway.',
      advice: 'Leave one of the two out. {provider} uses {expected}.',
    },
  },
  /** What settings should be. A sentence follows the path of the setting. */
  issues: {
    summary: 'The SMTP settings cannot be used.',
    settings: 'Settings should be an object with at least "host", or an smtp:// URL.',
    json: 'The settings should be valid JSON, or an smtp:// URL.',
    'unknown-option': 'is not an option Postern knows; check its spelling.',
    conflict: 'says something else than "{name}"; give one of the two.',
    invalid: 'has a value that is not allowed here.',
    'no-host': 'is not set. Set SMTP_URL, or SMTP_HOST with SMTP_USER and SMTP_PASS.',
    host: 'should be the host name or the IP address of the mail server alone, such as smtp.example.com[. Use {suggested}].',
    service: 'is not a provider Postern knows; set "host" in its place.',
    port: 'should be a whole number from 1 to 65535.',
    security: 'should be "starttls", "implicit" or "none".',
    boolean: 'should be true or false.',
    auth: 'should have "user" with either "pass" or "accessToken", one of the two.',
    user: 'should be the user name.',
    pass: 'should be the password, or a function that returns it.',
    'access-token': 'should be an OAuth2 access token, or a function that returns it.',
    'too-long': 'is far too long.',
    'control-character': 'has {characters} in it. A value that is read from a file often ends with one: remove it.',
    undefined: 'is undefined. If it comes from an environment variable, is that set?',
    empty: 'is empty. If it comes from an environment variable, is that set?',
    'unset-secret': 'is not set, or empty. Set it, or SMTP_ACCESS_TOKEN.',
    certificate: 'should be one or more certificates in PEM.',
    fingerprint: 'should be "sha256:" and 64 hexadecimal digits.',
    fingerprints: 'should be a list of 1 to 16 SHA-256 fingerprints.',
    'tls-version': 'should be "TLSv1.2" or "TLSv1.3".',
    ciphers: 'may not have @SECLEVEL=0.',
    'tls-options': 'has a certificate, key or list that Node cannot use ({code}).',
    'implicit-tls': 'should be "never", "last-resort" or "first".',
    'allow-cleartext': 'should be "never", "loopback" or "always".',
    'client-name': 'should be the full name of this machine, such as app.example.com, or an address in brackets.',
    'sender-address': 'should be an e-mail address, such as app@example.com.',
    'sender-login': 'needs the login: leave "login: false" out.',
    candidates: 'should be a list of 1 to 16 ports, each with its security.',
    positive: 'should be a number above 0.',
    'not-negative': 'should be a number of 0 or more.',
    'host-list': 'should be a host name, an IP address or a CIDR range.',
    'no-port': '"never" leaves no port: {host} has implicit TLS alone.',
    'cleartext-refused': '"none" would send login and messages to {host} in clear text. Use "starttls" or "implicit"; policy.allowCleartext is there for test servers.',
    'url-path': 'The URL should have no path[: {suggested}].',
    'url-hash': 'The URL should have no "#"; in a password write it as "%23"[: {suggested}].',
  },
  /** Characters that cannot be seen, by code point. */
  characters: {
    'U+0009': 'a tab',
    'U+000A': 'a line break',
    'U+000D': 'a line break',
    'U+0020': 'a space',
    'U+00A0': 'a no-break space',
    'U+200B': 'a zero-width space',
  },
  logins: {
    password: 'password',
    'app-password': 'app password',
    oauth2: 'OAuth2',
    'api-key': 'API key',
    'smtp-credentials': 'SMTP credentials',
  },
  users: {
    email: 'the full e-mail address',
    'api-key': 'the API key',
    fixed: '"{word}"',
  },
  /** Options that the nodemailer adapter refuses. A sentence follows the name of the option. */
  refusals: {
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
  },
  /** Options of the Nest module. A sentence follows the name of the option, except for the headline. */
  nest: {
    headline: 'PosternModule cannot create the mailer{name}. Correct these options or their environment variables:',
    options: 'should be an object; check what the factory returns.',
    transport: 'should be an object with options of the transport.',
    startup: 'should be "background", "ready" or "lazy".',
    milliseconds: 'should be a number of milliseconds from 0 to {max}.',
    positive: 'should be above 0.',
    unknown: 'is not an option of PosternModule; check its spelling.',
  },
  /** The settings form, for people who administrate an app. */
  form: {
    title: 'Outgoing mail',
    account: {
      label: 'E-mail address or mail server',
      help: 'The address is enough for well-known providers; otherwise the name of the server. Port and encryption are found automatically.',
    },
    user: {
      label: 'User name',
      help: 'Most often the full e-mail address. Leave it empty if you have entered the address above.',
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
    },
    ca: {
      label: 'Certificate authority',
      help: 'Only for a mail server with a private authority: its certificate in PEM.',
    },
    check: {
      label: 'Test these settings',
      help: 'Connects and logs in once with what is entered here. Nothing is sent and nothing is saved.',
      running: 'Testing …',
      passed: 'These settings work.',
      failed: 'These settings do not work yet.',
    },
  },
  oauth2: {
    'invalid-grant': {
      message: 'The token endpoint {endpoint} did not accept the refresh token[ ({detail})]: it has expired or was revoked.',
      advice: 'Sign in again to get a new refresh token. Google gives an app with the publishing status "Testing" refresh tokens for seven days only.',
    },
    'invalid-assertion': {
      message: 'The token endpoint {endpoint} did not accept the signed request of the service account[ ({detail})].',
      advice: 'Check that its key still exists, that the user is a mailbox of the domain, and the clock of this machine.',
    },
    'invalid-client': {
      message: 'The token endpoint {endpoint} did not accept the client id and secret[ ({detail})].',
      advice: 'Check clientId and clientSecret. A client secret of Microsoft Entra expires: create a new one there.',
    },
    'unauthorized-client': {
      message: 'The token endpoint {endpoint} does not allow this client to request such a token[ ({detail})].',
      advice: 'Microsoft: check the tenant and the app registration. Google service account: add its client id with the scope to domain-wide delegation.',
    },
    'invalid-scope': {
      message: 'The token endpoint {endpoint} did not accept the scope[ ({detail})].',
      advice: 'Microsoft with client credentials: https://outlook.office365.com/.default. Google: https://mail.google.com/.',
    },
    'consent-required': {
      message: 'The token endpoint {endpoint} requires a person to sign in or to give consent[ ({detail})].',
      advice: 'Sign in again, or have an administrator grant consent to the app.',
    },
    'login-expired': {
      message: 'The login at {endpoint} was not completed in time[ ({detail})].',
      advice: 'Start it again, and complete it before the new code expires.',
    },
    'login-denied': {
      message: 'The login at {endpoint} was refused[ ({detail})].',
      advice: 'Sign in with the mailbox that sends, and accept the permissions. An organisation may require the consent of an administrator.',
    },
    'request-rejected': {
      message: 'The token endpoint {endpoint} did not accept the request[ ({detail})].',
      advice: 'Check the tenant and the address of the token endpoint.',
    },
    unavailable: {
      message: 'The token endpoint {endpoint} cannot issue tokens at the moment[ ({detail})].',
      advice: 'If it goes on, see the status page of the provider.',
    },
    unreachable: {
      message: 'The token endpoint {endpoint} could not be reached[ ({detail})].',
      advice: 'Check the DNS, firewall and proxy of this machine: it needs HTTPS to {endpoint}.',
    },
    timeout: {
      message: 'The token endpoint {endpoint} did not answer within {seconds} s.',
      advice: 'Check the firewall and proxy of this machine: it needs HTTPS to {endpoint}.',
    },
    untrusted: {
      message: 'The TLS connection to the token endpoint {endpoint} could not be verified[ ({detail})].',
      advice: 'Nothing was sent. If a proxy inspects TLS here, give its authority to Node with NODE_EXTRA_CA_CERTS.',
    },
    'invalid-answer': {
      message: 'The token endpoint {endpoint} did not answer with a token[ ({detail})].',
      advice: 'Check the address of the token endpoint, and that no proxy interferes.',
    },
  },
  problems: {
    'not-allowed': 'You are not allowed to do this.',
    'not-found': 'There is nothing at this address.',
    'method-not-allowed': 'This method is not allowed here.',
    'not-json': 'The body must be JSON.',
    'wrong-media-type': 'The body must be sent as application/json, uncompressed.',
    'too-large': 'The body is too large.',
    'too-slow': 'The body took too long to arrive.',
    'wrong-request': 'The body must be {"settings": {…}, "probe": false, "login": false}, with settings that are allowed here.',
    'wrong-message': 'The body must be {"mailer": "…", "to": "…"}, with the name of a mailer and one e-mail address.',
    'too-many-requests': 'Too many requests: try again later.',
    busy: 'Too many requests are in progress: try again in a moment.',
    unexpected: 'The request failed because of an internal error.',
  },
} as const
