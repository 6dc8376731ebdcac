import { connect, type Socket } from 'node:net'
import { Worker } from 'node:worker_threads'
import type { Occupant } from './listener.ts'

/** A port that answers nothing, until it is woken. */
export interface BlackHole extends Occupant {
  /** Accepts connections from here on: whoever has gone on trying gets through at the next packet. */
  wake(): void
}

/**
 * Takes a port so that connecting to it hangs: the first packet is never answered, as behind a firewall that drops it.
 *
 * No privilege is needed. A thread listens and falls asleep before it accepts anything, so the system's queue of
 * connections stays as full as the fillers make it, and Linux drops every further SYN.
 */
export async function openBlackHole(port: number, address: string): Promise<BlackHole> {
  const gate = new Int32Array(new SharedArrayBuffer(4))
  // As source text: a file would have to exist both as TypeScript and as JavaScript.
  const worker = new Worker(sleeper, { eval: true, workerData: { port, address, gate }, execArgv: [], env: {} })
  const failure = await new Promise<Error | undefined>((resolve, reject) => {
    worker.once('message', resolve)
    worker.once('error', reject)
  })
  if (failure) {
    await worker.terminate()
    throw failure
  }

  const fillers: Socket[] = []
  const occupant = {
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
      const { filler, answer } = fill(port, address)
      fillers.push(filler)
      // Whoever is being tested may have taken a place in the queue. Then it is full without this one, which would wait for minutes.
      await Promise.race([answer, afterTurns(TURNS)])
    }
  } catch (error) {
    await occupant.close()
    throw error
  }
  return occupant
}

// Linux takes one connection more than the backlog it was asked for.
const QUEUE_LENGTH = 2

/** Turns of the loop until a connection is known to be made: on the machine itself Linux makes it while it is asked for. */
const TURNS = 50

const sleeper = `
  const { createServer } = require('node:net')
  const { parentPort, workerData } = require('node:worker_threads')
  const server = createServer((socket) => socket.on('error', () => {}))
  server.once('error', (error) => parentPort.postMessage(error))
  server.listen({ port: workerData.port, host: workerData.address, backlog: 1 }, () => {
    parentPort.postMessage(undefined)
    // In the same turn, so that not one connection is accepted. Waking or terminating the thread ends the sleep.
    Atomics.wait(workerData.gate, 0, 0)
  })
`

function fill(port: number, host: string): { readonly filler: Socket; readonly answer: Promise<void> } {
  const filler = connect({ port, host })
  const answer = new Promise<void>((resolve, reject) => {
    filler.once('connect', resolve)
    // Stays on for the reset that ends it; rejecting again does nothing.
    filler.on('error', reject)
  })
  // One that was not waited for may fail late.
  answer.catch(() => {})
  return { filler, answer }
}

async function afterTurns(turns: number): Promise<void> {
  for (let turn = 0; turn < turns; turn += 1) await new Promise((resolve) => setImmediate(resolve))
}
