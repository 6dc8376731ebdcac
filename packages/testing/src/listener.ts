import { type AddressInfo, createServer, type Socket } from 'node:net'

/** Something that has taken possession of a port. */
export interface Occupant {
  readonly port: number
  /** The address it is bound to, where the host was given as a name. */
  readonly address: string
  /** Gives the port back. Resolves when it is free. */
  close(): Promise<void>
}

/** Listens on a port, 0 for a free one, and hands every connection on. Rejects when the port cannot be had. */
export async function listen(port: number, host: string, onSocket: (socket: Socket) => void): Promise<Occupant> {
  const server = createServer(onSocket)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port, host }, () => {
      server.off('error', reject)
      resolve()
    })
  })
  const { port: taken, address } = server.address() as AddressInfo
  return {
    port: taken,
    address,
    close: () => new Promise((resolve) => void server.close(() => resolve())),
  }
}
