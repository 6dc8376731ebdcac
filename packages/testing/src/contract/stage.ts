import { afterEach } from 'vitest'
import type { Provider, ProviderOptions } from '../provider.ts'
import { startProvider } from '../start-provider.ts'
import type { Adapter, App, AppOptions } from './adapter.ts'

/** Starts what a case needs, and clears it away after it. */
export interface Stage {
  provider(options?: ProviderOptions): Promise<Provider>
  app(options: AppOptions): Promise<App>
}

export function stageFor(adapter: Adapter): Stage {
  const open: { close(): Promise<void> }[] = []
  const keep = <T extends { close(): Promise<void> }>(it: T): T => {
    open.push(it)
    return it
  }
  afterEach(async () => {
    // Apps before providers: the last one opened goes first.
    for (const it of open.splice(0).toReversed()) await it.close()
  })
  return {
    provider: async (options) => keep(await startProvider(options)),
    app: async (options) => keep(await adapter.start(options)),
  }
}

/** The app's settings for a provider: no login, which has cases of its own. */
export function settingsOf({ settings }: Provider): AppOptions['settings'] {
  const { host, tls, candidates } = settings
  return { host, tls, candidates }
}

/** The provider's 587 alone. */
export function only587(provider: Provider): AppOptions['settings'] {
  return { ...settingsOf(provider), candidates: [{ port: provider.ports[587], security: 'starttls' }] }
}
