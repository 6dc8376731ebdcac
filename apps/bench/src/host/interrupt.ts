const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
const pending = new Set<() => void>()

/**
 * Has `undo` run, synchronously, if this process ends before the returned function is called: by a signal, by
 * `process.exit`, or by reaching its end.
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
  // Node no longer ends by itself once a signal has a listener; if ours was the only one, die as it would have.
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
      console.error('Left behind by an interrupted test:', error)
    }
  }
}
