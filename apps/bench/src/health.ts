import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createEndpointSelector, parseSettings } from '@postern/core'
import { smtpHealth } from '@postern/express'
import { type Provider, startProvider } from '@postern/testing'
import autocannon from 'autocannon'
import express from 'express'
import { median } from './measure.ts'
import { milliseconds, type Row } from './table.ts'

const ROUNDS = 5
const SECONDS = 3
const CONNECTIONS = 10
/** Shorter than a load, so that the route checks again during it. */
const TTL = 2_000
/** Seconds; shorter than a check's deadline, after which the route would report `fail`. */
const HANGING = 8

/** Requests per second and 99th percentile latency of one route. */
interface Load {
  readonly rate: number
  readonly p99: number
}

/**
 * The health route with all details, compared with a route that only returns the same JSON. The ttl expires several times
 * during the load.
 */
export function healthRoute(): Promise<Row> {
  return withApp(async ({ url, provider }) => {
    const before = connectionsOf(provider)
    const [own, bare] = [[] as Load[], [] as Load[]]
    for (let round = -1; round < ROUNDS; round++) {
      const both = [await load(`${url}/health/smtp`), await load(`${url}/bare`)] as const
      if (round < 0) continue
      own.push(both[0])
      bare.push(both[1])
    }
    const ratio = median(own.map(({ rate }) => rate)) / median(bare.map(({ rate }) => rate))
    return {
      what: `health route, ${connectionsOf(provider) - before} SMTP connections in ${(ROUNDS + 1) * SECONDS * 2} s`,
      postern: summary(own),
      peer: summary(bare),
      peerName: 'bare route, same JSON',
      ratio: ratio.toFixed(2),
      goal: '≥ 0.90',
      met: ratio >= 0.9,
    }
  })
}

/** The same while the provider accepts connections and sends nothing. */
export function healthRouteWhileProviderHangs(): Promise<Row> {
  return withApp(async ({ url, provider }) => {
    for (const port of [587, 2525, 465]) await provider.fault(port, 'silent')
    const before = connectionsOf(provider)
    const [own, bare] = [await load(`${url}/health/smtp`, HANGING), await load(`${url}/bare`, HANGING)]
    const connected = connectionsOf(provider) - before
    return {
      what: `the same, provider hangs, ${connected} SMTP connections`,
      postern: summary([own]),
      peer: summary([bare]),
      peerName: 'bare route, same JSON',
      goal: 'p99 ≤ 50 ms',
      met: own.p99 <= 50,
    }
  })
}

interface Running {
  readonly url: string
  readonly provider: Provider
}

/** Starts an app and completes one health check. */
async function withApp(run: (running: Running) => Promise<Row>): Promise<Row> {
  const provider = await startProvider()
  const selector = createEndpointSelector(parseSettings(provider.settings))
  const app = express()
  app.get('/health/smtp', smtpHealth(selector, { ttl: TTL, authorize: () => true }))
  const server = await listen(app)
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  try {
    const content: unknown = await (await fetch(`${url}/health/smtp`)).json()
    app.get('/bare', (_request, response) => void response.json(content))
    return await run({ url, provider })
  } finally {
    selector.close()
    server.closeAllConnections()
    server.close()
    await provider.close()
  }
}

async function load(url: string, duration = SECONDS): Promise<Load> {
  const { requests, latency, non2xx, errors } = await autocannon({ url, connections: CONNECTIONS, duration })
  if (non2xx + errors > 0) throw new Error(`${url} failed ${non2xx + errors} times under load.`)
  return { rate: requests.average, p99: latency.p99 }
}

function summary(loads: readonly Load[]): string {
  const rate = Math.round(median(loads.map(({ rate }) => rate)))
  return `${rate} /s, p99 ${milliseconds(median(loads.map(({ p99 }) => p99)))}`
}

function connectionsOf({ connections }: Provider): number {
  return Object.values(connections).reduce((total, one) => total + one, 0)
}

async function listen(app: express.Express): Promise<Server> {
  const server = createServer(app).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return server
}
