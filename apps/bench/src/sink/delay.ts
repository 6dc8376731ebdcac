import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

/** A TCP proxy that simulates network latency. */
export interface DelayProxy {
  readonly port: number
  /** Round trips that clients have waited for so far, over all connections, including connect. */
  roundTrips(): number
  close(): Promise<void>
}

/** Forwards loopback connections to `port` and delays all data by half of `roundTrip` in each direction. */
export async function startDelayProxy(port: number, roundTrip: number): Promise<DelayProxy> {
  let roundTrips = 0
  const server = createServer({ noDelay: true, allowHalfOpen: true }, (client) => {
    // The connect to the proxy is immediate, so its delay is added here: over a network the server accepts after 1.5 round
    // trips and its greeting arrives after two.
    at(performance.now() + roundTrip * 1.5, () => {
      roundTrips++
      const upstream = connect({ port, host: '127.0.0.1', noDelay: true, allowHalfOpen: true })
      // Whether the client has sent data since the last answer. The connect counts.
      let isWaiting = true
      forward(client, upstream, roundTrip / 2)
      forward(upstream, client, roundTrip / 2, () => {
        // A client that has closed its side does not wait, for example for the reply to QUIT.
        if (isWaiting && !client.readableEnded) roundTrips++
        isWaiting = false
      })
      client.on('data', () => {
        isWaiting = true
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

function forward(from: Socket, to: Socket, delay: number, onData = (): void => {}): void {
  // All data has the same delay, so the order is kept.
  from.on('data', (chunk) =>
    at(performance.now() + delay, () => {
      onData()
      to.write(chunk)
    }),
  )
  from.on('end', () => at(performance.now() + delay, () => to.end()))
  from.on('error', () => to.destroy())
  from.on('close', (failed) => failed && to.destroy())
}

/** Callbacks in the order of their due time. */
const callbacks: { readonly due: number; readonly run: () => void }[] = []
let cancel = (): void => {}

/** Runs a callback within 0.1 ms of its due time. A timer could be 1 ms late for each chunk. */
function at(due: number, run: () => void): void {
  const later = callbacks.findIndex((other) => other.due > due)
  callbacks.splice(later < 0 ? callbacks.length : later, 0, { due, run })
  if (callbacks[0]!.due === due) schedule()
}

function schedule(): void {
  cancel()
  const next = callbacks[0]
  if (!next) return
  const left = next.due - performance.now()
  if (left > 2) {
    const timer = setTimeout(runDue, left - 2)
    cancel = () => clearTimeout(timer)
  } else {
    const immediate = setImmediate(runDue)
    cancel = () => clearImmediate(immediate)
  }
}

function runDue(): void {
  while (callbacks[0] && callbacks[0].due <= performance.now()) callbacks.shift()!.run()
  schedule()
}
