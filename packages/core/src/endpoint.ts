/**
 * How a connection is encrypted: `starttls` begins in plain text and is upgraded before a login or message is sent (RFC 3207),
 * `implicit` uses TLS from the first byte (RFC 8314), `none` is unencrypted and by default allowed for loopback hosts only.
 */
export type Security = 'starttls' | 'implicit' | 'none'

/** One way to reach a server: a rung of the ladder. */
export interface Endpoint {
  /** Host name or IP address, as given by the caller. */
  readonly host: string
  /** TCP port, 1 to 65535. */
  readonly port: number
  /** How the connection is encrypted. */
  readonly security: Security
}

/**
 * A string that identifies the endpoint, for maps and logs.
 *
 * @example
 * endpointKey({ host: 'smtp.example.com', port: 587, security: 'starttls' }) // 'smtp.example.com:587/starttls'
 */
export function endpointKey(endpoint: Endpoint): string {
  return `${serverOf(endpoint)}/${endpoint.security}`
}

/** Whether two endpoints are the same one. */
export function isSameEndpoint(one: Endpoint, other: Endpoint): boolean {
  return one === other || (one.port === other.port && one.host === other.host && one.security === other.security)
}

/** `smtp.example.com:587`, or the host alone where the port is unknown. */
export function serverOf({ host, port }: Partial<Pick<Endpoint, 'host' | 'port'>>): string | undefined {
  if (host === undefined) return undefined
  const name = host.includes(':') ? `[${host}]` : host
  return port === undefined ? name : `${name}:${port}`
}
