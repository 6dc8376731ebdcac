/**
 * Every sentence a person reads, by code, in English. The other languages are held to these keys and placeholders by
 * their type. `{server}` reads "smtp.example.com, port 587".
 */
export const en = {
  failures: {
    'dns-not-found': {
      message: 'The name {host} does not exist in DNS.',
      advice: 'Check the host name for a typing error; if it is right, check the DNS server that this machine uses.',
    },
    'dns-timeout': {
      message: 'No DNS server gave an answer about the name {host}.',
      advice: 'Check that this machine reaches its DNS server (in a container: the network and resolver settings).',
    },
    'connect-refused': {
      message: 'Port {port} on {host} refused the connection.',
      advice: 'Nothing listens there, or a firewall rejects it: check the port, or ask the provider which ports it has.',
    },
    'connect-timeout': {
      message: 'Port {port} on {host} did not answer within {seconds} s.',
      advice: 'A firewall, often that of the hosting platform, drops the connection: allow outbound port {port}, or use another port.',
    },
    'network-unreachable': {
      message: 'There is no route to {host} from this machine.',
      advice: 'Check the network of this machine or container, and whether the host has an address of a family (IPv4, IPv6) that this machine can use.',
    },
    'greeting-timeout': {
      message: 'Port {port} on {host} accepted the connection but said nothing within {seconds} s.',
      advice: 'Something in between accepts connections for the mail server, or the port expects TLS from the first byte: use another port, or implicit TLS on 465.',
    },
    'greeting-rejected': {
      message: '{host} turned the connection to port {port} away in its greeting ({reply}).',
      advice: 'The server does not want connections from this address now: wait and try again, or ask the provider whether the address is blocked.',
    },
    'not-smtp': {
      message: 'What answers on port {port} of {host} is not a mail server.',
      advice: 'Check host and port: another service, or a proxy, answers there.',
    },
    'tls-expected': {
      message: 'Port {port} on {host} expects TLS from the first byte.',
      advice: 'Use security "implicit" for this port (in nodemailer: secure: true), or port 587 with STARTTLS.',
    },
    'starttls-expected': {
      message: 'Port {port} on {host} begins in plain text and is then upgraded with STARTTLS.',
      advice: 'Use security "starttls" for this port (in nodemailer: secure: false, requireTLS: true), or port 465 with implicit TLS.',
    },
    'ehlo-rejected': {
      message: '{host} refused the EHLO command on port {port} ({reply}).',
      advice: 'Set clientName to the full name of this machine, such as app.example.com; some servers refuse others.',
    },
    'starttls-not-offered': {
      message: 'Port {port} on {host} does not offer STARTTLS.',
      advice: 'Nothing was sent, as it would have crossed the network in clear text. Use a port that offers TLS; if this one normally does, something in between removes the offer.',
    },
    'starttls-rejected': {
      message: '{host} offered STARTTLS on port {port} and then refused it ({reply}).',
      advice: 'Nothing was sent. The TLS set-up of the server is broken or something in between interferes: try another port, and tell the provider.',
    },
    'starttls-injection': {
      message: 'Port {port} on {host} sent plain text that was meant to be read as if it had come through TLS.',
      advice: 'Somebody on the network, or a faulty server, tampers with the connection. Do not use this path; nothing was sent.',
    },
    'tls-handshake': {
      message: 'The TLS handshake with {host} on port {port} failed.',
      advice: 'Check that the port speaks TLS in this way, and that no proxy or virus scanner interferes.',
    },
    'tls-version': {
      message: '{host} has no TLS version in common with this client on port {port} (at least {version} is required).',
      advice: 'TLS 1.0 and 1.1 are out of use (RFC 8997): the server needs TLS 1.2 or newer.',
    },
    'certificate-expired': {
      message: 'The certificate of {host} on port {port} has expired.',
      advice: 'The server needs a new certificate; if it has one, check the clock of this machine.',
    },
    'certificate-not-yet-valid': {
      message: 'The certificate of {host} on port {port} is not valid yet.',
      advice: 'Check the clock of this machine, then the certificate of the server.',
    },
    'certificate-name': {
      message: 'The certificate on port {port} is not for {host} but for {names}.',
      advice: 'Use a host name that the certificate names, or set tls.servername when you connect by another name on purpose.',
    },
    'certificate-untrusted': {
      message: 'The certificate of {host} on port {port} is not signed by an authority this machine trusts.',
      advice: 'For a private authority set tls.ca to its certificate; else the server sends an incomplete chain or a self-signed certificate. Do not switch the check off.',
    },
    'auth-not-offered': {
      message: '{host} offers no login on port {port}.',
      advice: 'No password was sent. Use the submission port of the provider (587, 2525 or 465); logins are often closed on 25.',
    },
    'auth-mechanism': {
      message: '{host} offers no login on port {port} that these credentials fit (it offers {mechanisms}).',
      advice: 'The provider wants another kind of login, often OAuth2 (accessToken) in place of a password, or the reverse.',
    },
    'auth-rejected': {
      message: '{host} did not accept the login on port {port} ({reply}).',
      advice: 'Check user name and password. Many providers want an app password, an API key or OAuth2 here, and the user name is often the whole address. Postern does not try again on other ports, as that locks accounts.',
    },
    'auth-temporary': {
      message: '{host} could not check the login on port {port} at the moment ({reply}).',
      advice: 'The server has a passing fault: try again in a few minutes.',
    },
    'sender-rejected': {
      message: '{host} did not accept the sender ({reply}).',
      advice: 'Use a from address that this account may send for, and have its domain verified by the provider.',
    },
    'recipient-rejected': {
      message: '{host} did not accept any recipient ({reply}).',
      advice: 'Check the addresses; "relay denied" means that the login is missing or not allowed to send to others.',
    },
    'message-rejected': {
      message: '{host} did not accept the message ({reply}).',
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
      message: 'The connection to {host} on port {port} was lost.',
      advice: 'The server or something in between closed it. If it happens each time, try another port and ask the provider.',
    },
    'reply-timeout': {
      message: '{host} did not reply on port {port} within {seconds} s.',
      advice: 'The server hangs or is overloaded: try again later, or use another port.',
    },
    'protocol-error': {
      message: '{host} sent something on port {port} that is not valid SMTP.',
      advice: 'Check that the port belongs to a mail server and that no proxy rewrites the dialogue.',
    },
    'reply-too-large': {
      message: '{host} sent a reply on port {port} that goes beyond every limit.',
      advice: 'This is a broken or hostile server: check host and port.',
    },
    deadline: {
      message: 'The work with {host} on port {port} was not done within {seconds} s.',
      advice: 'Raise the deadline if the server is known to be slow; else see which stage took the time.',
    },
    aborted: {
      message: 'The work with {host} on port {port} was called off by the caller.',
      advice: 'Nothing is wrong with the server as far as this attempt can tell.',
    },
    'target-forbidden': {
      message: 'Connections to {host} on port {port} are not allowed here.',
      advice: 'The operator allows public mail servers on mail ports alone; a private relay must be put on the list of allowed targets.',
    },
    'no-usable-endpoint': {
      message: 'No port of {host} could be used.',
      advice: 'See the attempts for the cause on each port.',
    },
  },
  diagnoses: {
    'network-blocks-smtp': {
      message: '{host} was found, but none of its mail ports ({ports}) answered.',
      advice: 'Something between this app and the server drops outbound mail connections, usually the firewall of the hosting platform. Allow one of the ports out, or use the HTTP interface of the provider.',
    },
    'network-blocks-smtp-platform': {
      message: '{host} was found, but none of its mail ports ({ports}) answered.',
      advice: 'This app seems to run on {platform}, which limits outbound mail connections: {cure}',
    },
    'nothing-listens': {
      message: 'No mail port of {host} ({ports}) accepts connections.',
      advice: 'Check the host name: this machine is reachable but runs no mail submission service.',
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
  health: {
    'certificate-ends': {
      message: 'The certificate of {host} on port {port} ends on {date}.',
      advice: 'Its renewal seems to have failed: tell whoever runs the server, before connections fail.',
    },
  },
  delivery: {
    unknown: {
      message: '{message} By then the message had been handed over, so {host} may have accepted it.',
      advice: 'Look whether it arrived before you send it again: nobody can tell from here (RFC 1047).',
    },
  },
  platforms: {
    'aws-lambda': { name: 'AWS Lambda', cure: 'a function in a VPC needs a NAT gateway to reach the internet.' },
    azure: { name: 'Azure', cure: 'port 25 is closed on most subscriptions; 587 to a relay is open unless a network rule drops it.' },
    'cloud-run': { name: 'Google Cloud', cure: 'port 25 is always closed; check the egress settings of the VPC connector for 587 and 465.' },
    fly: { name: 'Fly.io', cure: 'check that the organisation may use outbound mail ports.' },
    heroku: { name: 'Heroku', cure: 'port 25 is closed; use 587 or 2525, or an add-on with an HTTP interface.' },
    railway: { name: 'Railway', cure: 'outbound SMTP is open on its Pro plan and above only; below that use the HTTP interface of the provider.' },
    render: { name: 'Render', cure: 'free services have 25, 465 and 587 closed; use 2525 or a paid instance.' },
    vercel: { name: 'Vercel', cure: 'port 25 is closed; use 587, and finish the send before the function returns.' },
  },
} as const
