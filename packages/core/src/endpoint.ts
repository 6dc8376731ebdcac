/**
 * How a connection is encrypted: `starttls` begins in the clear and is upgraded before anything is said (RFC 3207),
 * `implicit` speaks TLS from the first byte (RFC 8314), `none` never does and is for loopback hosts alone.
 */
export type Security = 'starttls' | 'implicit' | 'none'

/** One way to reach a server: a rung of the ladder. */
export interface Endpoint {
  /** Host name or address, as the caller gave it. */
  readonly host: string
  /** TCP port, 1 to 65535. */
  readonly port: number
  /** How it is encrypted. */
  readonly security: Security
}

const keys = new WeakMap<Endpoint, string>()

/**
 * The endpoint in one word, for maps and logs.
 *
 * @example
 * endpointKey({ host: 'smtp.example.com', port: 587, security: 'starttls' }) // 'smtp.example.com:587/starttls'
 */
export function endpointKey(endpoint: Endpoint): string {
  let key = keys.get(endpoint)
  if (!key) keys.set(endpoint, (key = `${serverOf(endpoint)}/${endpoint.security}`))
  return key
}

/** `smtp.example.com:587`, as far as it is known. */
export function serverOf({ host, port }: Partial<Pick<Endpoint, 'host' | 'port'>>): string | undefined {
  if (host === undefined) return undefined
  const name = host.includes(':') ? `[${host}]` : host
  return port === undefined ? name : `${name}:${port}`
}
