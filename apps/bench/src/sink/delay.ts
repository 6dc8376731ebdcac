import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

/** Takes connections on loopback, passes them on to `port`, and delays each piece by half of `roundTrip` in each direction. */
export async function delayed(port: number, roundTrip: number): Promise<number> {
  const server = createServer({ noDelay: true, allowHalfOpen: true }, (client) => {
    // The client's connect takes no time here, so the greeting makes up for it: over a network it would arrive two round
    // trips after the first packet. The server accepts after one and a half.
    at(performance.now() + roundTrip * 1.5, () => {
      const upstream = connect({ port, host: '127.0.0.1', noDelay: true, allowHalfOpen: true })
      pass(client, upstream, roundTrip / 2)
      pass(upstream, client, roundTrip / 2)
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

function pass(from: Socket, to: Socket, delay: number): void {
  // Everything has the same delay, so the order is kept.
  from.on('data', (piece) => at(performance.now() + delay, () => to.write(piece)))
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
