import { delayed } from './delay.ts'

/** A delay proxy that ends with the process that forked it; any message asks for its round trips. The arguments are the port behind it and milliseconds. */
const [port, roundTrip] = process.argv.slice(2).map(Number)
const proxy = await delayed(port!, roundTrip!)
process.on('message', () => process.send?.(proxy.roundTrips()))
process.on('disconnect', () => process.exit())
process.send?.(proxy.port)
