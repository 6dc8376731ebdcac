import type { PeerCertificate } from 'node:tls'
import type { FailureCode, FailureFacts, FailureReason } from './failure.ts'

type Facts = Omit<FailureFacts, 'stage'>

/** Maps error codes of Node and OpenSSL, certificate verification results included, to failure codes. The first match counts. */
const systemCodes: readonly (readonly [codes: RegExp, code: FailureCode])[] = [
  [/^(ENOTFOUND|ENODATA|EAI_NONAME)$/, 'dns-not-found'],
  [/^(EAI_AGAIN|EAI_FAIL|ESERVFAIL|ETIMEOUT)$/, 'dns-timeout'],
  // EACCES and EPERM: a local packet filter rejects outgoing packets.
  [/^(ECONNREFUSED|EACCES|EPERM)$/, 'connect-refused'],
  [/^ETIMEDOUT$/, 'connect-timeout'],
  [/^(E(NET|HOST)(UNREACH|DOWN)|EADDRNOTAVAIL)$/, 'network-unreachable'],
  [/^(ECONNRESET|EPIPE|ECONNABORTED)$/, 'connection-lost'],
  [/^CERT_HAS_EXPIRED$/, 'certificate-expired'],
  [/^CERT_NOT_YET_VALID$/, 'certificate-not-yet-valid'],
  [/^(ERR_TLS_CERT_ALTNAME_\w+|HOSTNAME_MISMATCH)$/, 'certificate-name'],
  // UNSPECIFIED: any other reason of OpenSSL to refuse a certificate, such as a name constraint.
  [/^(CERT_|UNABLE_TO_(GET|VERIFY)|INVALID_(CA|PURPOSE)$|PATH_LENGTH|UNSPECIFIED$)|SELF_SIGNED/, 'certificate-untrusted'],
  [/^ERR_SSL_(UNSUPPORTED_PROTOCOL|TLSV1_ALERT_PROTOCOL_VERSION|VERSION_TOO_LOW|NO_PROTOCOLS_AVAILABLE)$/, 'tls-version'],
  [/^(EPROTO$|ERR_SSL_|ERR_TLS_DH_PARAM_SIZE$)/, 'tls-handshake'],
]

/** Maps error codes of OpenSSL and Node to why a server with outdated TLS was refused. */
const systemReasons: readonly (readonly [codes: RegExp, reason: FailureReason])[] = [
  [/^ERR_(?:SSL_DH_KEY_TOO_SMALL|TLS_DH_PARAM_SIZE)$/, 'dh-key-too-small'],
  [/^ERR_SSL_UNSAFE_LEGACY_RENEGOTIATION_DISABLED$/, 'legacy-renegotiation'],
]

/** OpenSSL's errors when the peer answers a TLS handshake in plain text. */
export const plainTextErrors: ReadonlySet<string> = new Set([
  'ERR_SSL_WRONG_VERSION_NUMBER',
  'ERR_SSL_PACKET_LENGTH_TOO_LONG',
  'ERR_SSL_HTTP_REQUEST',
])

/** An error of a connection after TLS was agreed on: bytes that are not TLS, and no alert about a certificate, break the protocol. */
export function fromConversationError(error: unknown): Facts {
  const facts = fromSystemError(error, 'connection-lost')
  return facts.code === 'tls-handshake' && !facts.systemCode?.includes('_ALERT_') ? { ...facts, code: 'protocol-error' } : facts
}

/** For several addresses, most specific first: a refusal is an answer, a timeout is not. */
const bySpecificity: readonly FailureCode[] = ['connect-refused', 'connect-timeout', 'network-unreachable']

/** The most specific of the errors from several addresses. */
export function mostSpecific(errors: readonly unknown[], fallback: FailureCode): Facts {
  const each = errors.map((one) => fromSystemError(one, fallback))
  return bySpecificity.map((code) => each.find((facts) => facts.code === code)).find(Boolean) ?? each[0] ?? { code: fallback }
}

/** Maps an error thrown by Node to a failure code; `fallback` is used for unknown codes. */
export function fromSystemError(error: unknown, fallback: FailureCode): Facts {
  if (error instanceof AggregateError && error.errors.length > 0) return mostSpecific(error.errors, fallback)
  const systemCode = codeOf(error)
  return {
    code: systemCodes.find(([codes]) => codes.test(systemCode ?? ''))?.[1] ?? fallback,
    systemCode,
    reason: systemReasons.find(([codes]) => codes.test(systemCode ?? ''))?.[1],
    values: certificateNames(error),
  }
}

function codeOf(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | undefined)?.code
  return typeof code === 'string' ? code : undefined
}

/** The names in a certificate, for the text about a name mismatch. Node's own message would contain the whole certificate. */
function certificateNames(error: unknown): { names: string } | undefined {
  const { cert } = (error ?? {}) as { readonly cert?: Partial<PeerCertificate> }
  if (!cert) return undefined
  const names = cert.subjectaltname?.split(', ') ?? [cert.subject?.CN ?? '?'].flat()
  const shown = names.slice(0, 5).map((name) => name.replace(/^[A-Za-z ]+:/, '').replace(/[^\x20-\x7e]/g, '?').slice(0, 253))
  return { names: names.length > 5 ? `${shown.join(', ')}, …` : shown.join(', ') }
}
