import { createSecureContext, type SecureContextOptions } from 'node:tls'

/**
 * The options of `node:tls` that are passed through. Options that could redirect the connection or disable a check are not
 * among them: `socket`, `lookup`, `secureContext`, `secureOptions`, `secureProtocol`, `session`, `pskCallback`.
 */
export const nodeTlsNames = [
  'cert',
  'key',
  'pfx',
  'passphrase',
  'crl',
  'ciphers',
  'ecdhCurve',
  'sigalgs',
  'honorCipherOrder',
  'dhparam',
  'ALPNProtocols',
  'checkServerIdentity',
  'minDHSize',
  'clientCertEngine',
  'privateKeyEngine',
  'privateKeyIdentifier',
  'allowPartialTrustChain',
] as const

/** The name of such an option. */
export type NodeTlsName = (typeof nodeTlsNames)[number]

/** Picks Node's options from an object. Undefined ones are left out, because they would override Node's default. */
export function nodeTlsOf(tls: Readonly<Partial<Record<NodeTlsName, unknown>>> = {}): SecureContextOptions {
  const options: Record<string, unknown> = {}
  for (const name of nodeTlsNames) if (tls[name] !== undefined) options[name] = tls[name]
  return options
}

/** The error code of Node for invalid options, if any. Its message is not used, because it may contain a value. */
export function nodeTlsFault(tls: Parameters<typeof nodeTlsOf>[0]): string | undefined {
  const options = nodeTlsOf(tls)
  try {
    // Creating a context takes longer than everything else in reading settings.
    if (Object.keys(options).length > 0) createSecureContext(options)
    return undefined
  } catch (error) {
    return (error as { readonly code?: string }).code ?? 'unknown'
  }
}
