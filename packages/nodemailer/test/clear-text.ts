// oxlint-disable no-underscore-dangle -- internal methods of writable streams have these names
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { Socket } from 'node:net'

/**
 * Records everything that clients of this process write without TLS, until `stop`. TLS writes to the handle below a socket, so
 * writes to the socket itself are clear text.
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
