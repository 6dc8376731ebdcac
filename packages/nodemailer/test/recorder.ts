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
  return split(bytes).clear
}

/** The types of the TLS records of one direction. */
export function recordTypesOf(bytes: string): readonly number[] {
  return split(bytes).types
}

function split(bytes: string): { readonly clear: string; readonly types: readonly number[] } {
  let clear = ''
  const types: number[] = []
  let rest = bytes
  while (rest !== '') {
    const length = recordLength(rest)
    if (length === undefined) clear += rest[0]
    else types.push(rest.charCodeAt(0))
    rest = rest.slice(length ?? 1)
  }
  return { clear, types }
}

/** A TLS record begins with its type (20 to 23), its version (3.x) and its length (RFC 8446 §5.1). The last one may be incomplete. */
function recordLength(bytes: string): number | undefined {
  const [type = 0, major = 0, minor = 0, high = 0, low = 0] = Buffer.from(bytes.slice(0, 5), 'latin1')
  return type >= 20 && type <= 23 && major === 3 && minor <= 4 ? 5 + high * 256 + low : undefined
}
