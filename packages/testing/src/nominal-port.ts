/** The submission ports by their well-known numbers. The provider listens on a real port for each. */
export type NominalPort = 25 | 465 | 587 | 2525

/** Encrypted after STARTTLS, or from the first byte. */
export type PortSecurity = 'starttls' | 'implicit'

export const nominalPorts: readonly NominalPort[] = [25, 465, 587, 2525]

const securities: Readonly<Record<NominalPort, PortSecurity>> = {
  25: 'starttls',
  465: 'implicit',
  587: 'starttls',
  2525: 'starttls',
}

export function securityOf(port: NominalPort): PortSecurity {
  return securities[port]
}

/** Makes one value per port, in the order of {@link nominalPorts}. */
export function forEachPort<T>(make: (port: NominalPort) => T): Record<NominalPort, T> {
  return Object.fromEntries(nominalPorts.map((port) => [port, make(port)])) as Record<NominalPort, T>
}
