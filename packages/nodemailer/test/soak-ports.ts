import type { Fault, Provider } from '@postern/testing'

/** The ports that a soak sends over, best first. */
export const soakPorts = [587, 2525, 465] as const
export type SoakPort = (typeof soakPorts)[number]

/** A period in which one port was usable; `to` is infinite while it lasts. Times are from `performance.now`. */
interface FairPeriod {
  readonly port: SoakPort
  readonly from: number
  to: number
}

/** Switches the faults of a provider, and records when each port was usable: without a fault, and its connections not cut. */
export class PortHistory {
  /** How often the connections of a port were cut. */
  cuts = 0
  readonly #provider: Provider
  readonly #periods: FairPeriod[] = soakPorts.map((port) => ({ port, from: 0, to: Infinity }))

  constructor(provider: Provider) {
    this.#provider = provider
  }

  async fault(port: SoakPort, fault: Fault): Promise<void> {
    this.#end(port)
    await this.#provider.fault(port, fault)
  }

  async heal(port: SoakPort): Promise<void> {
    this.#end(port)
    await this.#provider.heal(port)
    this.#periods.push({ port, from: performance.now(), to: Infinity })
  }

  /** The real port behind a nominal one, as attempts name it. */
  realPort(port: SoakPort): number {
    return this.#provider.ports[port]
  }

  isFair(port: SoakPort): boolean {
    return this.#periods.some((period) => period.port === port && period.to === Infinity)
  }

  /** The longest period between these times in which one port was usable. */
  longestUsable(from: number, to: number): number {
    return Math.max(0, ...this.#periods.map((period) => Math.min(period.to, to) - Math.max(period.from, from)))
  }

  /** The ports that were usable the whole time. */
  usableThroughout(from: number, to: number): SoakPort[] {
    return this.#periods.filter((period) => period.from <= from && period.to >= to).map(({ port }) => port)
  }

  #end(port: SoakPort): void {
    this.cuts += 1
    for (const period of this.#periods) if (period.port === port && period.to === Infinity) period.to = performance.now()
  }
}
