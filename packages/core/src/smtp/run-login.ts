import type { Socket } from 'node:net'
import { timerMs } from '../clock.ts'
import { SmtpError } from '../failure/smtp-error.ts'
import { bounded, type Bounds } from './bounded.ts'
import type { Reply } from './reply.ts'

/** Sends a line and returns the reply. */
export type Exchange = (line: string) => Promise<Reply>

/**
 * Runs a function of the caller that logs in. It is ended when the connection is closed, when the signal aborts, or when it sends nothing
 * for the time of the bounds.
 *
 * @throws SmtpError `connection-lost` or the codes of the bounds; or the error of the function
 */
export async function runLogin(run: (exchange: Exchange) => Promise<void>, exchange: Exchange, socket: Socket, { ms, timeout, signal, background }: Bounds): Promise<void> {
  await bounded<void>({ ms: Infinity, timeout, signal }, (resolve, reject) => {
    let timer: NodeJS.Timeout | undefined
    let isOver = false
    const wait = () => {
      if (isOver) return
      timer = setTimeout(() => reject(new SmtpError({ code: timeout, values: { source: 'customAuth' } })), timerMs(ms))
      if (background) timer.unref()
    }
    const onClose = () => reject(new SmtpError({ code: 'connection-lost' }))
    socket.once('close', onClose)
    wait()
    const exchangeInTime: Exchange = async (line) => {
      if (isOver) throw new SmtpError({ code: 'aborted' })
      clearTimeout(timer)
      try {
        return await exchange(line)
      } finally {
        wait()
      }
    }
    run(exchangeInTime).then(resolve, reject)
    return () => {
      isOver = true
      clearTimeout(timer)
      socket.off('close', onClose)
    }
  })
}
