import type { Socket } from 'node:net'

/**
 * Ignores errors of a socket until its next owner adds an error listener. Without a listener, a reset in between would be an
 * uncaught exception.
 */
export function withErrorGuard<S extends Socket>(socket: S): S {
  const onNewListener = (event: string | symbol) => {
    if (event === 'error') socket.off('newListener', onNewListener).off('error', ignore)
  }
  return socket.on('error', ignore).on('newListener', onNewListener)
}

export function ignore(): void {}
