import { type Adapter, attackContract, healthContract, settingsCheckContract } from '@postern/testing/contract'
import { adapterFor } from '../test/adapter.ts'
import { frameworks } from '../test/frameworks.ts'
import { koa } from '../test/koa.ts'

const adapters: readonly (readonly [name: string, adapter: Adapter])[] = [
  ...Object.entries(frameworks).map(([name, { serve, ...options }]) => [name, adapterFor(serve, options)] as const),
  // Koa is for Node.
  ...(process.versions.bun || process.versions.deno ? [] : [['Koa', koa] as const]),
]

for (const [name, adapter] of adapters) {
  healthContract(name, adapter)
  settingsCheckContract(name, adapter)
  attackContract(name, adapter)
}
