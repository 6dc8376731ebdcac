import type { ProviderSettings } from '../provider.ts'

/** What a framework's adapter has to offer to be held to the contract. */
export interface Adapter {
  /** Starts an app on a free port of 127.0.0.1. */
  start(options: AppOptions): Promise<App>
}

/** The app serves `/health/smtp` and `/health/live` to every method, and `/settings/check` where `check` is given. */
export interface AppOptions {
  /** For an endpoint selector, the source of the health route. */
  readonly settings: Omit<ProviderSettings, 'auth' | 'tls'> & Partial<Pick<ProviderSettings, 'tls'>>
  /** For the selector and the health route. */
  readonly clock?: TestClock
  readonly health?: { readonly ttl?: number; readonly authorize?: Authorize }
  readonly check?: CheckOptions
}

export interface App {
  /** `http://127.0.0.1:…` */
  readonly url: string
  /** The selector. */
  readonly source: { reportDelivery(endpoint: TestEndpoint): void }
  close(): Promise<void>
}

export interface CheckOptions {
  readonly authorize: Authorize
  readonly allow?: readonly string[]
  readonly ports?: ProviderSettings['candidates']
  readonly tls?: { readonly ca: string }
  readonly concurrency?: number
  readonly deadline?: number
  readonly rate?: { readonly checks: number; readonly per: number }
  readonly bodyTimeout?: number
  readonly resolve?: (host: string) => Promise<readonly { readonly address: string; readonly family: 4 | 6 }[]>
}

/** Given a way to read the request's headers. */
export type Authorize = (header: (name: string) => string | undefined) => boolean | Promise<boolean>

export interface TestEndpoint {
  readonly host: string
  readonly port: number
  readonly security: 'starttls' | 'implicit'
}

/** A clock whose hands a test turns. */
export interface TestClock {
  now(): number
  after(ms: number, run: () => void): () => void
  random(): number
}

export function testClock(): TestClock & { turn(ms: number): void } {
  let now = Date.now()
  return {
    now: () => now,
    after: () => () => {},
    random: () => 0.5,
    turn(ms) {
      now += ms
    },
  }
}
