// oxlint-disable no-underscore-dangle -- internal methods of writable streams have these names
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { Socket } from 'node:net'

/**
 * Everything that clients of this process say without TLS, write by write, until it is told to stop. TLS writes to what is below
 * a socket, so what goes through the socket itself is in the clear.
 */
export function hearClearText(): { readonly said: readonly string[]; stop(): void } {
  const said: string[] = []
  const listen = (message: unknown) => {
    const { socket } = message as { readonly socket: Socket }
    const one = socket._write.bind(socket)
    const several = socket._writev!.bind(socket)
    socket._write = (chunk: Buffer | string, encoding, done) => {
      said.push(Buffer.from(chunk as string, encoding).toString('latin1'))
      one(chunk, encoding, done)
    }
    socket._writev = (chunks, done) => {
      for (const { chunk, encoding } of chunks) said.push(Buffer.from(chunk as string, encoding).toString('latin1'))
      several(chunks, done)
    }
  }
  subscribe('net.client.socket', listen)
  return { said, stop: () => void unsubscribe('net.client.socket', listen) }
}
