import type { Socket } from 'node:net'
import type { Endpoint } from '../endpoint.ts'
import { fromSystemError } from '../failure/from-system-error.ts'
import { SmtpError } from '../failure/smtp-error.ts'
import { bounded, type Bounds } from './bounded.ts'

/** Opens a connection in Postern's place, for instance through a proxy; `undefined`, now or later, leaves it to Postern. */
export type Dial = (endpoint: Endpoint, signal: AbortSignal) => Promise<Socket | undefined> | undefined

/** Another's way of connecting is held to the same bounds; a connection that comes too late is closed. */
export async function dialled(dialling: Promise<Socket | undefined>, bounds: Bounds): Promise<Socket | undefined> {
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
