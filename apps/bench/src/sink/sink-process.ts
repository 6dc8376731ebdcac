import { listen, type SinkOptions } from './server.ts'

/** A sink that exits with its parent. Any message requests its counts. */
const options = JSON.parse(process.argv[2]!) as SinkOptions
const { ports, counts } = await listen(options)
process.on('message', () => process.send?.(counts))
process.on('disconnect', () => process.exit())
process.send?.(ports)
