import type { Server } from 'node:http'
import type { Express } from 'express'
import { ConfigError } from './config.ts'

/** On this machine alone: whoever reaches the app may send mail with it. */
export const HOST = '127.0.0.1'

/** @throws ConfigError when the port cannot be had */
export function listen(app: Express, port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = app.listen(port, HOST, (error?: Error) => {
      if (error) reject(listenError(error, port))
      else resolve(server)
    })
  })
}

/** Why a port cannot be had, and what to do. */
export function listenError(error: Error, port: number): ConfigError {
  return new ConfigError(sentences[(error as NodeJS.ErrnoException).code ?? '']?.(port) ?? error.message)
}

const sentences: Readonly<Record<string, (port: number) => string>> = {
  EADDRINUSE: (port) => `Port ${port} is in use by another program: choose another with PORT=${port + 1} npm start.`,
  EACCES: (port) =>
    `Port ${port} needs more rights than this user has: choose one above 1023 with PORT=3000 npm start.`,
}
