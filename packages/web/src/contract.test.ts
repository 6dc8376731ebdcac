import { attackContract, healthContract, settingsCheckContract } from '@postern/testing/contract'
import { adapterFor, serveHono } from '../test/adapter.ts'

healthContract('Hono on Node', adapterFor(serveHono))
settingsCheckContract('Hono on Node', adapterFor(serveHono))
attackContract('Hono on Node', adapterFor(serveHono))
