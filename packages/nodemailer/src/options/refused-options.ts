import { isLoopback, type Locale, type Policy, type SettingsIssue, type Texts, textsFor } from '@postern/core'

/** Why an option is refused. */
type RefusalCode = keyof Texts['refusals']

/** Options that are rejected in the settings with any value: not supported by Postern, or in the wrong argument. */
const reasons: Readonly<Record<string, RefusalCode>> = {
  deadline: 'second-argument',
  endpointTimeout: 'second-argument',
  timeouts: 'second-argument',
  waitForChoice: 'second-argument',
  selection: 'second-argument',
  locale: 'second-argument',
  socket: 'one-connection',
  connection: 'one-connection',
  secured: 'secured',
  'tls.secureContext': 'secure-context',
  'tls.secureOptions': 'secure-options',
  'tls.secureProtocol': 'secure-protocol',
  'tls.session': 'session',
  'tls.pskCallback': 'psk-callback',
  'tls.enableTrace': 'enable-trace',
  'tls.timeout': 'timeout',
  'tls.requestCert': 'server',
  'tls.SNICallback': 'server',
  'tls.ALPNCallback': 'server',
  'tls.sessionIdContext': 'server',
  'tls.sessionTimeout': 'server',
  'tls.ticketKeys': 'server',
  'tls.socket': 'elsewhere',
  'tls.host': 'elsewhere',
  'tls.port': 'elsewhere',
  'tls.path': 'elsewhere',
  'tls.lookup': 'elsewhere',
}

/** The issue of a rejected option, with the reason. Other issues stay as they are. */
export function explained(issue: SettingsIssue, locale: Locale): SettingsIssue {
  const { path } = issue
  return Object.hasOwn(reasons, path) ? { path, message: textsFor(locale).refusals[reasons[path]!] } : issue
}

interface Encryption {
  readonly secure?: boolean | undefined
  readonly requireTLS?: boolean | undefined
  readonly ignoreTLS?: boolean | undefined
  readonly opportunisticTLS?: boolean | undefined
  readonly lmtp?: boolean | undefined
}

/** Options that are rejected for their value. With `requireTLS` or `secure`, nodemailer ignores them too. */
export function refusals(options: Encryption, policy: Policy | undefined, host: string, locale: Locale): SettingsIssue[] {
  if (options.ignoreTLS === undefined && options.opportunisticTLS === undefined && options.lmtp === undefined) return []
  const isOn = (name: 'secure' | 'requireTLS' | 'ignoreTLS' | 'opportunisticTLS' | 'lmtp') => options[name] !== undefined && /^(?:true|1|yes|on)$/i.test(String(options[name]))
  const encrypts = isOn('secure') || isOn('requireTLS')
  const allowed = policy?.allowCleartext ?? 'loopback'
  const mayBeClear = allowed === 'always' || (allowed === 'loopback' && isLoopback(host))
  const refused: readonly (readonly [applies: boolean, path: string, code: RefusalCode])[] = [
    [isOn('ignoreTLS') && !encrypts && !mayBeClear, 'ignoreTLS', 'ignore-tls'],
    [isOn('opportunisticTLS') && !encrypts, 'opportunisticTLS', 'opportunistic-tls'],
    [isOn('lmtp'), 'lmtp', 'lmtp'],
  ]
  return refused.flatMap(([applies, path, code]) => (applies ? [{ path, message: textsFor(locale).refusals[code] }] : []))
}
