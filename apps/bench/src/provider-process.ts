import { type Fault, startProvider } from '@postern/testing'

/** A provider that ends with whoever started this process; the argument is the fault of 587. */
const [fault] = process.argv.slice(2)
const provider = await startProvider(fault ? { faults: { 587: fault as Fault } } : {})
process.on('disconnect', () => void provider.close())
process.send?.(provider.settings)
