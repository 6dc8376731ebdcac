import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** The bytes of one connection in each direction. */
export interface Conversation {
  readonly client: string
  readonly server: string
}

/** A proxy that records what is on the wire. */
export interface Recorder extends AsyncDisposable {
  readonly port: number
  readonly conversations: () => readonly Conversation[]
}

/** Starts a proxy to a port of this machine. It passes a reset on. */
export async function recorder(port: number): Promise<Recorder> {
  const heard: { readonly client: Buffer[]; readonly server: Buffer[] }[] = []
  const sockets = new Set<Socket>()
  const server = createServer((client) => {
    const said = { client: [] as Buffer[], server: [] as Buffer[] }
    heard.push(said)
    const onward = connect(port, '127.0.0.1')
    for (const socket of [client, onward]) sockets.add(socket.on('error', () => {}))
    client.on('data', (chunk) => said.client.push(chunk)).pipe(onward)
    onward.on('data', (chunk) => said.server.push(chunk)).pipe(client)
    client.on('close', () => onward.destroy())
    onward.on('close', (isReset) => (isReset ? client.resetAndDestroy() : client.destroy()))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    conversations: () => heard.map((said) => ({ client: Buffer.concat(said.client).toString('latin1'), server: Buffer.concat(said.server).toString('latin1') })),
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

/** The bytes of one direction that were not part of a TLS record. */
export function clearTextOf(bytes: string): string {
  let clear = ''
  let rest = bytes
  while (rest !== '') {
    const length = recordLength(rest)
    if (length === undefined) [clear, rest] = [clear + rest[0], rest.slice(1)]
    else rest = rest.slice(length)
  }
  return clear
}

/** A TLS record begins with its type (20 to 23), its version (3.x) and its length (RFC 8446 §5.1). The last one may be incomplete. */
function recordLength(bytes: string): number | undefined {
  if (!/^[\x14-\x17]\x03[\0-\x04]/.test(bytes)) return undefined
  return bytes.length < 5 ? bytes.length : 5 + bytes.charCodeAt(3) * 256 + bytes.charCodeAt(4)
}
