import { connect, type Socket } from 'node:net'
import { Worker } from 'node:worker_threads'
import type { BoundPort } from './listener.ts'

/** A port whose connections stay unanswered until {@link wake} is called. */
export interface BlackHole extends BoundPort {
  /** Starts accepting. A client that is still connecting gets through when its system repeats the SYN. */
  wake(): void
}

/**
 * Binds a port so that connecting to it hangs: SYNs are never answered, as behind a firewall that drops them.
 *
 * Needs no privileges. A worker thread listens and then blocks before it accepts anything. Once connections fill the
 * accept queue, Linux drops every further SYN.
 */
export async function openBlackHole(port: number, address: string): Promise<BlackHole> {
  const gate = new Int32Array(new SharedArrayBuffer(4))
  // Source text, because a file would be needed as TypeScript in development and as JavaScript when published.
  const worker = new Worker(workerSource, { eval: true, workerData: { port, address, gate }, execArgv: [], env: {} })
  const failure = await new Promise<Error | undefined>((resolve, reject) => {
    worker.once('message', resolve)
    worker.once('error', reject)
  })
  if (failure) {
    await worker.terminate()
    throw failure
  }

  const fillers: Socket[] = []
  const hole = {
    port,
    address,
    wake: () => void Atomics.notify(gate, 0),
    async close() {
      for (const filler of fillers) filler.destroy()
      await worker.terminate()
    },
  }
  try {
    while (fillers.length < QUEUE_LENGTH) {
      const { filler, connected } = fill(port, address)
      fillers.push(filler)
      // A client under test may have taken a place in the queue. The queue is then full, and this connect would hang.
      await Promise.race([connected, afterIterations(ITERATIONS)])
    }
  } catch (error) {
    await hole.close()
    throw error
  }
  return hole
}

// Linux queues one connection more than the backlog.
const QUEUE_LENGTH = 2

/** Event loop iterations to wait for a connect. On the same machine Linux completes it during the call. */
const ITERATIONS = 50

const workerSource = `
  const { createServer } = require('node:net')
  const { parentPort, workerData } = require('node:worker_threads')
  const server = createServer((socket) => socket.on('error', () => {}))
  server.once('error', (error) => parentPort.postMessage(error))
  server.listen({ port: workerData.port, host: workerData.address, backlog: 1 }, () => {
    parentPort.postMessage(undefined)
    // Blocks before the event loop can accept a connection, until notified or terminated.
    Atomics.wait(workerData.gate, 0, 0)
  })
`

function fill(port: number, host: string): { readonly filler: Socket; readonly connected: Promise<void> } {
  const filler = connect({ port, host })
  const connected = new Promise<void>((resolve, reject) => {
    filler.once('connect', resolve)
    // Stays attached for the reset at close; rejecting a second time does nothing.
    filler.on('error', reject)
  })
  // Nobody handles a rejection after the race has ended.
  connected.catch(() => {})
  return { filler, connected }
}

async function afterIterations(count: number): Promise<void> {
  for (let index = 0; index < count; index += 1) await new Promise((resolve) => setImmediate(resolve))
}
