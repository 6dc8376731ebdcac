import type { Fault, Limits, Provider } from '@postern/testing'
import { blocked, type LabPort, labPorts } from '../embedded-mail.ts'

/** A fault that a port can have. */
export interface FaultSwitch {
  readonly fault: Fault
  readonly label: string
  /** What a client sees. */
  readonly effect: string
  /** Whether it applies to 465, which has no STARTTLS. */
  readonly not465?: true
}

export const faultSwitches: readonly FaultSwitch[] = [
  { fault: blocked, label: 'Blocked', effect: 'does not answer at all, as behind a firewall' },
  ...(blocked === 'silent' ? [] : [{ fault: 'silent', label: 'Silent', effect: 'accepts the connection and sends nothing' } as const]),
  { fault: 'no-starttls', label: 'STARTTLS stripped', effect: 'offers everything except encryption', not465: true },
  { fault: 'certificate-expired', label: 'Certificate expired', effect: 'shows a certificate that expired yesterday' },
  { fault: 'auth-rejected', label: 'Login rejected', effect: 'answers 535 to each login' },
  { fault: 'drops-after-body', label: 'Dies after the dot', effect: 'stores the message and ends the connection without a reply' },
]

export function faultsFor(port: LabPort): readonly FaultSwitch[] {
  return faultSwitches.filter(({ not465 }) => port !== 465 || !not465)
}

/** A limit of the provider, over all ports. */
export interface LimitSwitch {
  readonly name: LimitName
  readonly label: string
  readonly effect: string
  readonly limits: Limits
}

export type LimitName = 'connections' | 'rate'

export const limitSwitches: readonly LimitSwitch[] = [
  { name: 'connections', label: 'Too many connections', effect: 'answers 421 to a third connection', limits: { connections: 2 } },
  { name: 'rate', label: 'Too fast', effect: 'answers 451 after 100 messages in a second', limits: { rate: { messages: 100, window: 1000 } } },
]

/** Switches the faults and limits of a provider, and knows which are on. */
export class Switches {
  readonly #provider: Provider
  readonly #faults: Map<LabPort, Fault>
  readonly #limits = new Set<LimitName>()

  constructor(provider: Provider, initial: Readonly<Partial<Record<LabPort, Fault>>>) {
    this.#provider = provider
    this.#faults = new Map(Object.entries(initial).map(([port, fault]) => [Number(port) as LabPort, fault]))
  }

  faultOf(port: LabPort): Fault | undefined {
    return this.#faults.get(port)
  }

  isLimited(name: LimitName): boolean {
    return this.#limits.has(name)
  }

  /** Without a fault, the port works. Its open connections are closed. */
  async setFault(port: LabPort, fault?: Fault): Promise<void> {
    if (fault) {
      await this.#provider.fault(port, fault)
      this.#faults.set(port, fault)
    } else {
      await this.#provider.heal(port)
      this.#faults.delete(port)
    }
  }

  setLimit(name: LimitName, isOn: boolean): void {
    if (isOn) this.#limits.add(name)
    else this.#limits.delete(name)
    this.#provider.limit(Object.assign({}, ...limitSwitches.filter(({ name }) => this.#limits.has(name)).map(({ limits }) => limits)))
  }

  async healAll(): Promise<void> {
    for (const { name } of limitSwitches) this.setLimit(name, false)
    await Promise.all(labPorts.map((port) => this.setFault(port)))
  }
}
