import type { Socket } from 'node:net'
import type { Endpoint } from '../endpoint.ts'
import { fromSystemError } from '../failure/from-system-error.ts'
import { SmtpError } from '../failure/smtp-error.ts'
import { bounded, type Bounds } from './bounded.ts'

/** Opens a connection, for instance through a proxy. If it returns `undefined` or resolves to it, Postern opens the connection itself. */
export type Dial = (endpoint: Endpoint, signal: AbortSignal) => Promise<Socket | undefined> | undefined

/** Waits for a connection opened by the caller's `dial`, within the bounds. A connection that opens too late is closed. */
export async function dialWithin(dialling: Promise<Socket | undefined>, bounds: Bounds): Promise<Socket | undefined> {
  try {
    return await bounded<Socket | undefined>(bounds, (resolve, reject) => {
      dialling.then(resolve, (error: unknown) => reject(new SmtpError(fromSystemError(error, 'connect-refused'))))
      return () => {}
    })
  } catch (error) {
    dialling.then(
      (socket) => socket?.destroy(),
      () => {},
    )
    throw error
  }
}
