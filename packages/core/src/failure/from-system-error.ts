import type { PeerCertificate } from 'node:tls'
import type { FailureCode, FailureFacts } from './failure.ts'

type Facts = Omit<FailureFacts, 'stage'>

/** Node's error codes, and OpenSSL's verification results as Node names them, to failure codes. */
const codes: ReadonlyMap<string, FailureCode> = new Map(Object.entries<FailureCode>({
  ENOTFOUND: 'dns-not-found',
  ENODATA: 'dns-not-found',
  EAI_NONAME: 'dns-not-found',
  EAI_AGAIN: 'dns-timeout',
  EAI_FAIL: 'dns-timeout',
  ESERVFAIL: 'dns-timeout',
  ETIMEOUT: 'dns-timeout',
  ECONNREFUSED: 'connect-refused',
  // A local packet filter that rejects outgoing packets shows as one of these two.
  EACCES: 'connect-refused',
  EPERM: 'connect-refused',
  ETIMEDOUT: 'connect-timeout',
  ENETUNREACH: 'network-unreachable',
  EHOSTUNREACH: 'network-unreachable',
  EADDRNOTAVAIL: 'network-unreachable',
  ENETDOWN: 'network-unreachable',
  EHOSTDOWN: 'network-unreachable',
  ECONNRESET: 'connection-lost',
  EPIPE: 'connection-lost',
  ECONNABORTED: 'connection-lost',
  CERT_HAS_EXPIRED: 'certificate-expired',
  CERT_NOT_YET_VALID: 'certificate-not-yet-valid',
  ERR_TLS_CERT_ALTNAME_INVALID: 'certificate-name',
  ERR_TLS_CERT_ALTNAME_FORMAT: 'certificate-name',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'certificate-untrusted',
  SELF_SIGNED_CERT_IN_CHAIN: 'certificate-untrusted',
  UNABLE_TO_GET_ISSUER_CERT: 'certificate-untrusted',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'certificate-untrusted',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'certificate-untrusted',
  CERT_SIGNATURE_FAILURE: 'certificate-untrusted',
  CERT_CHAIN_TOO_LONG: 'certificate-untrusted',
  CERT_REVOKED: 'certificate-untrusted',
  CERT_UNTRUSTED: 'certificate-untrusted',
  CERT_REJECTED: 'certificate-untrusted',
  INVALID_CA: 'certificate-untrusted',
  INVALID_PURPOSE: 'certificate-untrusted',
  PATH_LENGTH_EXCEEDED: 'certificate-untrusted',
  HOSTNAME_MISMATCH: 'certificate-name',
  ERR_SSL_UNSUPPORTED_PROTOCOL: 'tls-version',
  ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION: 'tls-version',
  ERR_SSL_VERSION_TOO_LOW: 'tls-version',
  ERR_SSL_NO_PROTOCOLS_AVAILABLE: 'tls-version',
  EPROTO: 'tls-handshake',
}))

/** What OpenSSL says when the peer answers a TLS handshake in plain text. */
export const plainAnswers: ReadonlySet<string> = new Set([
  'ERR_SSL_WRONG_VERSION_NUMBER',
  'ERR_SSL_PACKET_LENGTH_TOO_LONG',
  'ERR_SSL_HTTP_REQUEST',
])

/** Several addresses were tried: the one that answered, if only with a refusal, tells most. */
const tellingFirst: readonly FailureCode[] = ['connect-refused', 'connect-timeout', 'network-unreachable']

/** What Node threw, as a failure. `otherwise` is for codes that mean nothing by themselves. */
export function fromSystemError(error: unknown, otherwise: FailureCode): Facts {
  if (error instanceof AggregateError && error.errors.length > 0) {
    const each = error.errors.map((one: unknown) => fromSystemError(one, otherwise))
    return tellingFirst.map((code) => each.find((facts) => facts.code === code)).find(Boolean) ?? each[0]!
  }
  const systemCode = codeOf(error)
  return {
    code: (systemCode !== undefined && codes.get(systemCode)) || (systemCode?.startsWith('ERR_SSL_') ? 'tls-handshake' : otherwise),
    systemCode,
    values: certificateNames(error),
  }
}

function codeOf(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | undefined)?.code
  return typeof code === 'string' ? code : undefined
}

/** A name mismatch says which names the certificate has; Node's own text for it would carry the whole certificate. */
function certificateNames(error: unknown): { names: string } | undefined {
  const { cert } = (error ?? {}) as { readonly cert?: Partial<PeerCertificate> }
  if (!cert) return undefined
  const names = cert.subjectaltname?.split(', ') ?? [cert.subject?.CN ?? '?'].flat()
  const shown = names.slice(0, 5).map((name) => name.replace(/^[A-Za-z ]+:/, '').replace(/[^\x20-\x7e]/g, '?').slice(0, 253))
  return { names: names.length > 5 ? `${shown.join(', ')}, …` : shown.join(', ') }
}
