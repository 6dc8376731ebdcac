import type { PeerCertificate } from 'node:tls'
import type { FailureCode, FailureFacts } from './failure.ts'

type Facts = Omit<FailureFacts, 'stage'>

/** Node's error codes, and OpenSSL's verification results as Node names them, to failure codes. The first match counts. */
const families: readonly (readonly [codes: RegExp, means: FailureCode])[] = [
  [/^(ENOTFOUND|ENODATA|EAI_NONAME)$/, 'dns-not-found'],
  [/^(EAI_AGAIN|EAI_FAIL|ESERVFAIL|ETIMEOUT)$/, 'dns-timeout'],
  // A local packet filter that rejects outgoing packets shows as EACCES or EPERM.
  [/^(ECONNREFUSED|EACCES|EPERM)$/, 'connect-refused'],
  [/^ETIMEDOUT$/, 'connect-timeout'],
  [/^(E(NET|HOST)(UNREACH|DOWN)|EADDRNOTAVAIL)$/, 'network-unreachable'],
  [/^(ECONNRESET|EPIPE|ECONNABORTED)$/, 'connection-lost'],
  [/^CERT_HAS_EXPIRED$/, 'certificate-expired'],
  [/^CERT_NOT_YET_VALID$/, 'certificate-not-yet-valid'],
  [/^(ERR_TLS_CERT_ALTNAME_\w+|HOSTNAME_MISMATCH)$/, 'certificate-name'],
  [/^(CERT_|UNABLE_TO_(GET|VERIFY)|INVALID_(CA|PURPOSE)$|PATH_LENGTH)|SELF_SIGNED/, 'certificate-untrusted'],
  [/^ERR_SSL_(UNSUPPORTED_PROTOCOL|TLSV1_ALERT_PROTOCOL_VERSION|VERSION_TOO_LOW|NO_PROTOCOLS_AVAILABLE)$/, 'tls-version'],
  [/^(EPROTO$|ERR_SSL_)/, 'tls-handshake'],
]

/** What OpenSSL says when the peer answers a TLS handshake in plain text. */
export const plainAnswers: ReadonlySet<string> = new Set([
  'ERR_SSL_WRONG_VERSION_NUMBER',
  'ERR_SSL_PACKET_LENGTH_TOO_LONG',
  'ERR_SSL_HTTP_REQUEST',
])

/** Several addresses were tried: the one that answered, if only with a refusal, tells most. */
const tellingFirst: readonly FailureCode[] = ['connect-refused', 'connect-timeout', 'network-unreachable']

/** Of several errors, which are the answers of several addresses, the one that tells most. */
export function mostTelling(errors: readonly unknown[], otherwise: FailureCode): Facts {
  const each = errors.map((one) => fromSystemError(one, otherwise))
  return tellingFirst.map((code) => each.find((facts) => facts.code === code)).find(Boolean) ?? each[0] ?? { code: otherwise }
}

/** What Node threw, as a failure. `otherwise` is for codes that mean nothing by themselves. */
export function fromSystemError(error: unknown, otherwise: FailureCode): Facts {
  if (error instanceof AggregateError && error.errors.length > 0) return mostTelling(error.errors, otherwise)
  const systemCode = codeOf(error)
  return {
    code: families.find(([codes]) => codes.test(systemCode ?? ''))?.[1] ?? otherwise,
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
