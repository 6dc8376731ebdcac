import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

/** A proxy with a slow line in front of it. */
export interface Delayed {
  readonly port: number
  /** How often a client has waited for an answer so far: on all connections together, their opening included. */
  roundTrips(): number
  close(): Promise<void>
}

/** Takes connections on loopback, passes them on to `port`, and delays each piece by half of `roundTrip` in each direction. */
export async function delayed(port: number, roundTrip: number): Promise<Delayed> {
  let roundTrips = 0
  const server = createServer({ noDelay: true, allowHalfOpen: true }, (client) => {
    // The client's connect takes no time here, so the greeting makes up for it: over a network it would arrive two round
    // trips after the first packet. The server accepts after one and a half.
    at(performance.now() + roundTrip * 1.5, () => {
      roundTrips++
      const upstream = connect({ port, host: '127.0.0.1', noDelay: true, allowHalfOpen: true })
      // What the client has sent since the last answer; at first, the connect.
      let asked = true
      pass(client, upstream, roundTrip / 2)
      pass(upstream, client, roundTrip / 2, () => {
        // A client that has closed its side does not wait, not even for the answer to QUIT.
        if (asked && !client.readableEnded) roundTrips++
        asked = false
      })
      client.on('data', () => {
        asked = true
      })
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    roundTrips: () => roundTrips,
    async close() {
      server.close()
      await once(server, 'close')
    },
  }
}

function pass(from: Socket, to: Socket, delay: number, onPass = (): void => {}): void {
  // Everything has the same delay, so the order is kept.
  from.on('data', (piece) =>
    at(performance.now() + delay, () => {
      onPass()
      to.write(piece)
    }),
  )
  from.on('end', () => at(performance.now() + delay, () => to.end()))
  from.on('error', () => to.destroy())
  from.on('close', (failed) => failed && to.destroy())
}

/** What is due, the earliest first. */
const waiting: { readonly due: number; readonly run: () => void }[] = []
let disarm = (): void => {}

/** Runs at that time, to a tenth of a millisecond: a timer alone would be late by up to one, at every piece. */
function at(due: number, run: () => void): void {
  const later = waiting.findIndex((other) => other.due > due)
  waiting.splice(later < 0 ? waiting.length : later, 0, { due, run })
  if (waiting[0]!.due === due) arm()
}

function arm(): void {
  disarm()
  const next = waiting[0]
  if (!next) return
  const left = next.due - performance.now()
  if (left > 2) {
    const timer = setTimeout(runDue, left - 2)
    disarm = () => clearTimeout(timer)
  } else {
    const immediate = setImmediate(runDue)
    disarm = () => clearImmediate(immediate)
  }
}

function runDue(): void {
  while (waiting[0] && waiting[0].due <= performance.now()) waiting.shift()!.run()
  arm()
}
