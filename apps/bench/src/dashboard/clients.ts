import { withChild } from '../child.ts'
import type { Address } from './app.ts'
import { type Call, callerOf } from './remote.ts'

/** What the clients can be asked for. */
export interface ClientCommands {
  /** Opens streams, and reads them. */
  open(count: number): void
  /** Opens streams, and reads nothing more than their beginning. */
  stall(count: number): void
  /** Closes all streams. */
  close(): void
}

/** Calls the clients in another process. */
export type Clients = Call<ClientCommands>

/** Starts the clients of an app, in another process, for the duration of `run`. */
export async function withClients<T>(address: Address, run: (clients: Clients) => Promise<T>): Promise<T> {
  return await withChild(new URL('clients-process.js', import.meta.url), [JSON.stringify(address)], (child) => run(callerOf<ClientCommands>(child)))
}

/** Opens streams and closes them. Memory is measured after that, because the first stream loads code that stays: megabytes. */
export async function warmUp(clients: Clients, count: number): Promise<void> {
  await clients('open', count)
  await clients('close')
}
