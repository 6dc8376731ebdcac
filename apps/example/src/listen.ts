import type { Server } from 'node:http'
import type { Express } from 'express'
import { ConfigError } from './config.ts'

/** Loopback only, because every caller can send mail. */
export const HOST = '127.0.0.1'

/** @throws ConfigError if the port is not available */
export function listen(app: Express, port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = app.listen(port, HOST, (error?: Error) => {
      if (error) reject(listenError(error, port))
      else resolve(server)
    })
  })
}

/** Explains why a port is not available, and what to do. */
export function listenError(error: Error, port: number): ConfigError {
  return new ConfigError(sentences[(error as NodeJS.ErrnoException).code ?? '']?.(port) ?? error.message)
}

const sentences: Readonly<Record<string, (port: number) => string>> = {
  EADDRINUSE: (port) => `Port ${port} is in use by another program: choose another with PORT=${port + 1} npm start.`,
  EACCES: (port) =>
    `Port ${port} needs privileges that this user does not have: choose one above 1023 with PORT=3000 npm start.`,
}
