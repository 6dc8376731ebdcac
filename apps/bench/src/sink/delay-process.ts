import { delayed } from './delay.ts'

/** A delay proxy that ends with the process that forked it; the arguments are the port behind it and the round trip in milliseconds. */
const [port, roundTrip] = process.argv.slice(2).map(Number)
process.on('disconnect', () => process.exit())
process.send?.(await delayed(port!, roundTrip!))
