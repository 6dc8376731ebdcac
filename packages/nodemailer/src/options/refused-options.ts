import { isLoopback, type Policy, type SettingsIssue } from '@postern/core'

const oneConnection = 'is one connection, and every port of the ladder needs its own. Give "getSocket", which is asked for each.'
const forServers = 'is for servers; a client has no use for it.'
const elsewhere = 'would lead the connection elsewhere. Give "host", and "getSocket" or "proxy" where it has to go another way.'

const second = "is one of Postern's options, which stand in the second argument: createTransport(settings, options)."

/** Options that are rejected in the settings with any value, with the reason: not supported by Postern, or in the wrong argument. */
const reasons: Readonly<Record<string, string>> = {
  deadline: second,
  endpointTimeout: second,
  timeouts: second,
  waitForChoice: second,
  selection: second,
  locale: second,
  socket: oneConnection,
  connection: oneConnection,
  secured: 'is said of a "connection" that was handed over. Give "getSocket": TLS is Postern\'s to speak.',
  'tls.secureContext': 'may hold any TLS version and skip every check. Give what it was made from: "cert", "key", "ca", "ciphers".',
  'tls.secureOptions': 'can switch protections of OpenSSL off. Say what you want with "minVersion", "maxVersion" and "ciphers".',
  'tls.secureProtocol': 'names one TLS version and nothing newer. Give "minVersion", or "maxVersion".',
  'tls.session': 'would go on without the certificate being checked against the host.',
  'tls.pskCallback': 'stands in the place of a certificate, which mail servers have.',
  'tls.enableTrace': 'writes to the standard error, past every logger. Start Node with --trace-tls where you need it.',
  'tls.timeout': 'is one of the waits that Postern bounds by itself. Give "selection.budgets.tls".',
  'tls.requestCert': forServers,
  'tls.SNICallback': forServers,
  'tls.ALPNCallback': forServers,
  'tls.sessionIdContext': forServers,
  'tls.sessionTimeout': forServers,
  'tls.ticketKeys': forServers,
  'tls.socket': elsewhere,
  'tls.host': elsewhere,
  'tls.port': elsewhere,
  'tls.path': elsewhere,
  'tls.lookup': elsewhere,
}

/** Adds the reason to the issue of a rejected option. */
export function explained({ path, message }: SettingsIssue): SettingsIssue {
  return { path, message: (Object.hasOwn(reasons, path) && reasons[path]) || message }
}

interface Encryption {
  readonly secure?: boolean | undefined
  readonly requireTLS?: boolean | undefined
  readonly ignoreTLS?: boolean | undefined
  readonly opportunisticTLS?: boolean | undefined
  readonly lmtp?: boolean | undefined
}

/** Options that are rejected for their value. With `requireTLS` or `secure`, nodemailer ignores them too. */
export function refusals(options: Encryption, policy: Policy | undefined, host: string): SettingsIssue[] {
  if (options.ignoreTLS === undefined && options.opportunisticTLS === undefined && options.lmtp === undefined) return []
  const isOn = (name: 'secure' | 'requireTLS' | 'ignoreTLS' | 'opportunisticTLS' | 'lmtp') => options[name] !== undefined && /^(?:true|1|yes|on)$/i.test(String(options[name]))
  const encrypts = isOn('secure') || isOn('requireTLS')
  const allowed = policy?.allowCleartext ?? 'loopback'
  const mayBeClear = allowed === 'always' || (allowed === 'loopback' && isLoopback(host))
  return [
    ...issueIf(isOn('ignoreTLS') && !encrypts && !mayBeClear, 'ignoreTLS', messages.ignoreTLS),
    ...issueIf(isOn('opportunisticTLS') && !encrypts, 'opportunisticTLS', messages.opportunisticTLS),
    ...issueIf(isOn('lmtp'), 'lmtp', messages.lmtp),
  ]
}

const messages = {
  ignoreTLS:
    'would send login and messages in clear text. Leave it out: Postern encrypts. For a test server on another machine there ' +
    'is policy.allowCleartext.',
  opportunisticTLS:
    'goes on in clear text when encryption fails, which whoever sits in between can bring about. Leave it out: Postern takes ' +
    'the next port then. For a server without TLS on this machine there is security: "none".',
  lmtp: 'delivers into mailboxes, with an answer for each recipient; Postern submits mail, over SMTP. Use nodemailer for it.',
}

function issueIf(applies: boolean, path: string, message: string): SettingsIssue[] {
  return applies ? [{ path, message }] : []
}
