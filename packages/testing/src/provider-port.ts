import type { Socket } from 'node:net'
import { openBlackHole } from './black-hole.ts'
import { type BoundPort, listen } from './listener.ts'
import type { PortBehavior } from './port-behavior.ts'
import { reservePort } from './reserve-port.ts'

/** One port of a provider. Its behavior can be replaced; its number stays the same. */
export class ProviderPort {
  /** How many connections were accepted so far. */
  connections = 0
  #behavior: PortBehavior
  #bound!: BoundPort
  #queue: Promise<unknown> = Promise.resolve()
  #isClosed = false

  private constructor(behavior: PortBehavior) {
    this.#behavior = behavior
  }

  /** Opens a port, 0 for a free one. The first behavior must be a listening one. */
  static async open(port: number, host: string, behavior: PortBehavior): Promise<ProviderPort> {
    const opened = new ProviderPort(behavior)
    opened.#bound = await listen(port, host, (socket) => opened.#accept(socket))
    return opened
  }

  get port(): number {
    return this.#bound.port
  }

  /** Replaces the behavior and destroys open connections. Calls run one after the other. */
  async replace(create: () => Promise<PortBehavior>): Promise<void> {
    await this.#enqueue(async () => {
      if (this.#isClosed) throw new Error('The provider is closed')
      const behavior = await create()
      const previous = this.#behavior
      if (previous.mode !== behavior.mode) return await this.#rebind(behavior)
      this.#behavior = behavior
      await destroyConnections(previous)
    })
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await this.#enqueue(() => this.#unbind())
  }

  async #unbind(): Promise<void> {
    await Promise.all([this.#bound.close(), destroyConnections(this.#behavior)])
  }

  /** Reserves the port number between the previous binding and the next. */
  async #rebind(behavior: PortBehavior): Promise<void> {
    const { port, address: host } = this.#bound
    if (this.#behavior.mode !== 'reserved') {
      await this.#unbind()
      this.#behavior = { mode: 'reserved' }
      this.#bound = await reservePort(port, host)
    }
    if (behavior.mode === 'reserved') return
    const reservation = this.#bound
    this.#bound = await (behavior.mode === 'black-hole'
      ? openBlackHole(port, host)
      : listen(port, host, (socket) => this.#accept(socket)))
    this.#behavior = behavior
    await reservation.close()
  }

  #accept(socket: Socket): void {
    this.connections += 1
    socket.on('error', () => {})
    if (this.#behavior.mode === 'listening') this.#behavior.accept(socket)
    else socket.destroy()
  }

  #enqueue(task: () => Promise<void>): Promise<void> {
    const result = this.#queue.then(task)
    this.#queue = result.catch(() => {})
    return result
  }
}

async function destroyConnections(behavior: PortBehavior): Promise<void> {
  if (behavior.mode === 'listening') await behavior.destroyConnections()
}
