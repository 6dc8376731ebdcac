import type { Socket } from 'node:net'

/**
 * Minds a socket on its way from one owner to the next: an error that comes meanwhile, a reset say, would be an uncaught
 * exception. Ends when the next owner listens for errors.
 */
export function minded<S extends Socket>(socket: S): S {
  const onNewListener = (event: string | symbol) => {
    if (event === 'error') socket.off('newListener', onNewListener).off('error', ignore)
  }
  return socket.on('error', ignore).on('newListener', onNewListener)
}

export function ignore(): void {}
