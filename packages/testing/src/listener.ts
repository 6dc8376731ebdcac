import { type AddressInfo, createServer, type Socket } from 'node:net'

/** A port in use, by a listener or otherwise. */
export interface BoundPort {
  readonly port: number
  /** The IP address, also where the host was given as a name. */
  readonly address: string
  /** Resolves when the port is free. */
  close(): Promise<void>
}

/** Listens on a port, 0 for a free one. Rejects when the port is not available. */
export async function listen(port: number, host: string, onSocket: (socket: Socket) => void): Promise<BoundPort> {
  const server = createServer(onSocket)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port, host }, () => {
      server.off('error', reject)
      resolve()
    })
  })
  const { port: actual, address } = server.address() as AddressInfo
  return {
    port: actual,
    address,
    close: () => new Promise((resolve) => void server.close(() => resolve())),
  }
}
