const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
const pending = new Set<() => void>()

/**
 * Runs `undo` synchronously if this process exits before the returned function is called: by a signal, by `process.exit`,
 * or normally.
 */
export function onInterrupt(undo: () => void): () => void {
  if (pending.size === 0) listen()
  pending.add(undo)
  return () => {
    if (pending.delete(undo) && pending.size === 0) unlisten()
  }
}

function listen(): void {
  process.on('exit', undoAll)
  for (const signal of signals) process.on(signal, onSignal)
}

function unlisten(): void {
  process.off('exit', undoAll)
  for (const signal of signals) process.off(signal, onSignal)
}

function onSignal(signal: NodeJS.Signals): void {
  undoAll()
  // A listener disables Node's default exit. If there is no other listener, exit with the signal.
  if (process.listenerCount(signal) === 0) process.kill(process.pid, signal)
}

function undoAll(): void {
  unlisten()
  const undos = [...pending].toReversed()
  pending.clear()
  for (const undo of undos) {
    try {
      undo()
    } catch (error) {
      console.error('Clean-up failed after an interrupt:', error)
    }
  }
}
