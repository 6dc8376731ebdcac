/** The ports mail is submitted on, by their registered numbers. Each has a real port of its own behind it. */
export type NominalPort = 25 | 465 | 587 | 2525

/** How a port is encrypted: by an upgrade inside the dialogue, or from the first byte. */
export type PortSecurity = 'starttls' | 'implicit'

/** Every port of a provider, in ascending order. */
export const nominalPorts: readonly NominalPort[] = [25, 465, 587, 2525]

const securities: Readonly<Record<NominalPort, PortSecurity>> = {
  25: 'starttls',
  465: 'implicit',
  587: 'starttls',
  2525: 'starttls',
}

/** What encryption a port is known for. */
export function securityOf(port: NominalPort): PortSecurity {
  return securities[port]
}

/** One value for each port, made in the order of {@link nominalPorts}. */
export function forEachPort<T>(make: (port: NominalPort) => T): Record<NominalPort, T> {
  return Object.fromEntries(nominalPorts.map((port) => [port, make(port)])) as Record<NominalPort, T>
}
