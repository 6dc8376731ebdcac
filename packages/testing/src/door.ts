import type { Socket } from 'node:net'
import { openBlackHole } from './black-hole.ts'
import { holdPort } from './hold-port.ts'
import { listen, type Occupant } from './listener.ts'

/** What is behind a door: a way to treat connections, or nobody to take them. */
export type Tenant =
  | { readonly occupant: 'nobody' | 'black-hole' }
  | {
      readonly occupant: 'listener'
      accept(socket: Socket): void
      /** Destroys every connection accepted so far. */
      evict(): Promise<void>
    }

/** One port of a provider. Tenants come and go; the number stays. */
export class Door {
  /** How many connections have come in so far. */
  connections = 0
  #tenant: Tenant
  #occupant!: Occupant
  #queue: Promise<unknown> = Promise.resolve()
  #closed = false

  private constructor(tenant: Tenant) {
    this.#tenant = tenant
  }

  /** Opens a port, 0 for a free one, for a first tenant that has to be a listener. */
  static async open(port: number, host: string, tenant: Tenant): Promise<Door> {
    const door = new Door(tenant)
    door.#occupant = await listen(port, host, (socket) => door.#welcome(socket))
    return door
  }

  get port(): number {
    return this.#occupant.port
  }

  /** Puts another tenant in. Open connections are destroyed. One move at a time; resolves when it is done. */
  async move(find: () => Promise<Tenant>): Promise<void> {
    await this.#inTurn(async () => {
      if (this.#closed) throw new Error('The provider is closed')
      const tenant = await find()
      const former = this.#tenant
      if (former.occupant !== tenant.occupant) return await this.#change(tenant)
      this.#tenant = tenant
      await evict(former)
    })
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.#inTurn(() => this.#vacate())
  }

  /** Nothing new comes in, and what has come in ends. */
  async #vacate(): Promise<void> {
    await Promise.all([this.#occupant.close(), evict(this.#tenant)])
  }

  /** Holds the number in the time between one occupant and the next. */
  async #change(tenant: Tenant): Promise<void> {
    const { port, address: host } = this.#occupant
    if (this.#tenant.occupant !== 'nobody') {
      await this.#vacate()
      this.#tenant = { occupant: 'nobody' }
      this.#occupant = await holdPort(port, host)
    }
    if (tenant.occupant === 'nobody') return
    const hold = this.#occupant
    this.#occupant = await (tenant.occupant === 'black-hole'
      ? openBlackHole(port, host)
      : listen(port, host, (socket) => this.#welcome(socket)))
    this.#tenant = tenant
    await hold.close()
  }

  #welcome(socket: Socket): void {
    this.connections += 1
    socket.on('error', () => {})
    if (this.#tenant.occupant === 'listener') this.#tenant.accept(socket)
    else socket.destroy()
  }

  #inTurn(task: () => Promise<void>): Promise<void> {
    const turn = this.#queue.then(task)
    this.#queue = turn.catch(() => {})
    return turn
  }
}

async function evict(tenant: Tenant): Promise<void> {
  if (tenant.occupant === 'listener') await tenant.evict()
}
