import { isLoopback, type Policy, type SettingsIssue } from '@postern/core'

const oneConnection = 'is one connection, but every port needs its own. Use "getSocket", which is called for each of them.'
const forServers = 'is an option for servers, not for clients.'
const elsewhere = 'would redirect the connection. Use "host", and "getSocket" or "proxy" to connect in another way.'

const second = "is one of Postern's options, which belong in the second argument: createTransport(settings, options)."

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
  secured: 'describes a "connection" that is passed in. Use "getSocket": Postern establishes TLS itself.',
  'tls.secureContext': 'may have any TLS version and skip every check. Use the options it was created from: "cert", "key", "ca", "ciphers".',
  'tls.secureOptions': 'can disable protections of OpenSSL. Use "minVersion", "maxVersion" and "ciphers".',
  'tls.secureProtocol': 'allows one TLS version only. Use "minVersion" or "maxVersion".',
  'tls.session': 'would resume without checking the certificate against the host.',
  'tls.pskCallback': 'replaces the certificate, and mail servers have certificates.',
  'tls.enableTrace': 'writes to standard error, not to the logger. Start Node with --trace-tls if you need it.',
  'tls.timeout': 'is limited by Postern itself. Use "selection.budgets.tls".',
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
    'would send login and messages in clear text. Remove it: Postern uses TLS. For a test server on another machine, use ' +
    'policy.allowCleartext.',
  opportunisticTLS:
    'continues in clear text if encryption fails, which an attacker can cause. Remove it: Postern uses the next port ' +
    'instead. For a server without TLS on this machine, use security: "none".',
  lmtp: 'delivers into mailboxes, with a reply per recipient. Postern submits mail over SMTP. Use nodemailer for LMTP.',
}

function issueIf(applies: boolean, path: string, message: string): SettingsIssue[] {
  return applies ? [{ path, message }] : []
}
