import { createSecureContext, type SecureContextOptions } from 'node:tls'

/**
 * The options of Node's own TLS that pass through as they are. Left out is what would lead the connection elsewhere, or
 * do without a check: `socket`, `lookup`, `secureContext`, `secureOptions`, `secureProtocol`, `session`, `pskCallback`.
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

/** Node's options alone, whatever else an object has. One that is undefined would hide Node's default. */
export function nodeTlsOf(tls: Readonly<Partial<Record<NodeTlsName, unknown>>> = {}): SecureContextOptions {
  const options: Record<string, unknown> = {}
  for (const name of nodeTlsNames) if (tls[name] !== undefined) options[name] = tls[name]
  return options
}

/** What Node has against the options, if anything: its code alone, since its words may repeat a value. */
export function nodeTlsFault(tls: Parameters<typeof nodeTlsOf>[0]): string | undefined {
  const options = nodeTlsOf(tls)
  try {
    // Making one costs more than everything else about settings.
    if (Object.keys(options).length > 0) createSecureContext(options)
    return undefined
  } catch (error) {
    return `has a certificate, key or list that Node cannot use (${(error as { readonly code?: string }).code}).`
  }
}
