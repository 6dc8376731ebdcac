import { startProvider } from '@postern/testing'

/** A provider that ends with whoever started this process. */
const provider = await startProvider()
process.on('disconnect', () => void provider.close())
process.send?.(provider.settings)
