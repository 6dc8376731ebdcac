import { attackContract, healthContract, settingsCheckContract } from '@postern/testing/contract'
import { adapter } from '../test/adapter.ts'

healthContract('Fastify', adapter)
settingsCheckContract('Fastify', adapter)
attackContract('Fastify', adapter)
