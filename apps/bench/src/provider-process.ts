import { type Fault, startProvider } from '@postern/testing'

/** A test provider that closes with its parent process. Argument: the fault of port 587. */
const [fault] = process.argv.slice(2)
const provider = await startProvider(fault ? { faults: { 587: fault as Fault } } : {})
process.on('disconnect', () => void provider.close())
process.send?.(provider.settings)
