import { AsyncLocalStorage } from 'node:async_hooks'
import { readFileSync } from 'node:fs'
import type { RequestListener } from 'node:http'
import { attackContract, healthContract, settingsCheckContract } from '@postern/testing/contract'
import { type Provider, startProvider } from '@postern/testing'
import { afterAll, beforeAll, expect, it, onTestFinished, vi } from 'vitest'
import { adapterFor, type AdapterOptions, type Handlers } from '../test/adapter.ts'
import { listen } from '../test/listen.ts'
import { createScratchApp, type ScratchApp } from './scratch-app.ts'

/** A framework that serves files by their path, and what is needed to run it. */
export interface Framework extends AdapterOptions {
  /** Versions by package name. */
  readonly dependencies: Readonly<Record<string, string>>
  /** Its configuration: texts by path. */
  readonly files?: Readonly<Record<string, string>>
  /** The file that serves a path. */
  readonly routeFile: (path: string) => string
  /** Imports of a route's file. */
  readonly imports?: string
  /** A route that passes every method to `handle`, a handler of web-standard requests. */
  readonly route: string
  /** Its row in the table of mounts in the README. */
  readonly mount: string
  readonly build: string
  /** Loads the built app as a listener of Node's HTTP server. */
  readonly load: (folder: string) => Promise<RequestListener>
}

const handlersOfApp = new AsyncLocalStorage<Handlers>()

/** What the routes of the contract call, in the process of this test. */
const serveContract = async (request: Request) => await handlersOfApp.getStore()![new URL(request.url).pathname]!(request)
const contractRoute = 'const handle = (request) => globalThis.serveContract(request)'

const mailRoute = `
import { createTransport } from '@postern/nodemailer'
import { smtpHealth } from '@postern/web'
const transport = createTransport(JSON.parse(process.env.SMTP_SETTINGS))
const health = smtpHealth(transport)
`

/** Builds an app of the framework with npm, and runs the contract over it. The app is loaded into this process, where the contract's clock and callbacks are. */
export function frameworkContract(name: string, { dependencies, files, routeFile, imports = '', route, mount, build, load, ...options }: Framework): void {
  let provider: Provider
  let app: ScratchApp
  let listener: RequestListener

  beforeAll(async () => {
    Object.assign(globalThis, { serveContract })
    provider = await startProvider()
    const contractRoutes = ['/health/smtp', '/health/live', '/settings/check'].map((path) => [routeFile(path), `${imports}\n${contractRoute}\n${route}`])
    const readmeRoute = [routeFile('/readme'), `${imports}\n${mailRoute}\n${mountInReadme(mount)}`]
    app = await createScratchApp({ dependencies, files: { ...files, ...Object.fromEntries([...contractRoutes, readmeRoute]) } })
    const env = { NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1', SMTP_SETTINGS: JSON.stringify(provider.settings) }
    await app.run(build, env)
    for (const [variable, value] of Object.entries(env)) vi.stubEnv(variable, value)
    listener = await load(app.folder)
  })
  afterAll(async () => {
    vi.unstubAllEnvs()
    app?.remove()
    await provider?.close()
  })

  it(`${name} bundles the mount of the README, and runs it for requests only`, async () => {
    const { url, close } = await listen(listener)
    onTestFinished(close)
    expect(provider.connections[587]).toBe(0)
    const response = await fetch(`${url}/readme`)
    expect([response.status, await response.json()]).toEqual([200, { status: 'pass' }])
    expect(provider.connections[587]).toBe(1)
  })

  const adapter = adapterFor((handlers) => listen((request, response) => handlersOfApp.run(handlers, () => listener(request, response))), options)
  healthContract(name, adapter)
  settingsCheckContract(name, adapter)
  attackContract(name, adapter)
}

function mountInReadme(name: string): string {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
  return readme.split('\n').find((line) => line.startsWith(`| ${name} |`))!.split('`').at(-2)!
}
