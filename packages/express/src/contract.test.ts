import { attackContract, healthContract, settingsCheckContract } from '@postern/testing/contract'
import express5 from 'express'
import express4 from 'express4'
import { adapterFor } from '../test/adapter.ts'

for (const [name, framework] of [
  ['Express 5', express5],
  ['Express 4', express4],
] as const) {
  healthContract(name, adapterFor(framework))
  settingsCheckContract(name, adapterFor(framework))
  attackContract(name, adapterFor(framework))
}
