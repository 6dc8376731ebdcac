import { once } from 'node:events'
import type { Server } from 'node:http'
import { ConfigError } from './config.ts'

/** Loopback only, because every caller can send mail. */
export const HOST = '127.0.0.1'

/** @throws ConfigError if the port is not available */
export async function listen(server: Server, port: number): Promise<void> {
  server.listen(port, HOST)
  await once(server, 'listening').catch((error: Error) => {
    throw listenError(error, port)
  })
}

/** Explains why a port is not available, and what to do. */
export function listenError(error: Error, port: number): ConfigError {
  return new ConfigError(sentences[(error as NodeJS.ErrnoException).code ?? '']?.(port) ?? error.message)
}

const sentences: Readonly<Record<string, (port: number) => string>> = {
  EADDRINUSE: (port) => `Port ${port} is in use by another program: choose another with PORT=${port + 1}.`,
  EACCES: (port) =>
    `Port ${port} needs privileges that this user does not have: choose one above 1023 with PORT=3000.`,
}
