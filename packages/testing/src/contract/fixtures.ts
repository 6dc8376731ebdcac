import { afterEach, vi } from 'vitest'
import type { Provider, ProviderOptions } from '../provider.ts'
import { startProvider } from '../start-provider.ts'
import type { Adapter, App, AppOptions } from './adapter.ts'

/** Starts providers and apps, and closes them after each test. */
export interface Fixtures {
  provider(options?: ProviderOptions): Promise<Provider>
  app(options: AppOptions): Promise<App>
}

export function fixturesFor(adapter: Adapter): Fixtures {
  const open: { close(): Promise<void> }[] = []
  const keep = <T extends { close(): Promise<void> }>(resource: T): T => {
    open.push(resource)
    return resource
  }
  afterEach(async () => {
    // In reverse order, so that apps close before their providers.
    for (const resource of open.splice(0).toReversed()) await resource.close()
  })
  return {
    provider: async (options) => keep(await startProvider(options)),
    app: async (options) => keep(await adapter.start(options)),
  }
}

/** Settings for a provider without a login, which has tests of its own. */
export function settingsOf({ settings }: Provider): AppOptions['settings'] {
  const { host, tls, candidates } = settings
  return { host, tls, candidates }
}

/** Settings for the provider's port 587 only. */
export function only587(provider: Provider): AppOptions['settings'] {
  return { ...settingsOf(provider), candidates: [{ port: provider.ports[587], security: 'starttls' }] }
}

/** Retries until `check` passes. The default limit of one second is too short on a busy machine. */
export function eventually<T>(check: () => T | Promise<T>): Promise<T> {
  return vi.waitFor(check, { timeout: 30_000 })
}
