import { startDelayProxy } from './delay.ts'

/** A delay proxy that exits with its parent. Any message requests its round trips. Arguments: the server's port, milliseconds. */
const [port, roundTrip] = process.argv.slice(2).map(Number)
const proxy = await startDelayProxy(port!, roundTrip!)
process.on('message', () => process.send?.(proxy.roundTrips()))
process.on('disconnect', () => process.exit())
process.send?.(proxy.port)
