import type { ProviderSettings } from '../provider.ts'

/** What the contract needs from a framework's adapter. */
export interface Adapter {
  /** Whether the adapter closes the connection of a client whose body it does not read. @default true */
  readonly ownsConnections?: boolean
  /** Whether a check ends when its client disconnects, before its deadline. @default true */
  readonly seesDisconnects?: boolean
  /** Starts an app on a free port of 127.0.0.1. It serves `/health/smtp` and `/health/live`, and `/settings/check` if `check` is set. */
  start(options: AppOptions): Promise<App>
}

export interface AppOptions {
  /** Settings of the endpoint selector behind the health route. */
  readonly settings: Omit<ProviderSettings, 'auth' | 'tls'> & Partial<Pick<ProviderSettings, 'tls'>>
  /** The clock of the selector and the health route. */
  readonly clock?: TestClock
  readonly health?: { readonly ttl?: number; readonly authorize?: Authorize }
  readonly check?: CheckOptions
}

export interface App {
  /** `http://127.0.0.1:…` */
  readonly url: string
  /** The endpoint selector. */
  readonly source: { reportDelivery(endpoint: TestEndpoint): void }
  close(): Promise<void>
}

export interface CheckOptions {
  readonly authorize: Authorize
  readonly allow?: readonly string[]
  readonly ports?: ProviderSettings['candidates']
  readonly tls?: { readonly ca?: string; readonly fingerprints?: readonly string[] }
  readonly concurrency?: number
  readonly deadline?: number
  readonly rate?: { readonly checks: number; readonly per: number }
  readonly bodyTimeout?: number
  readonly resolve?: (host: string) => Promise<readonly { readonly address: string; readonly family: 4 | 6 }[]>
}

/** Authorizes a request by its headers. */
export type Authorize = (header: (name: string) => string | undefined) => boolean | Promise<boolean>

export interface TestEndpoint {
  readonly host: string
  readonly port: number
  readonly security: 'starttls' | 'implicit'
}

/** A clock that tests advance. */
export interface TestClock {
  now(): number
  after(ms: number, run: () => void): () => void
  random(): number
}

export function testClock(): TestClock & { advance(ms: number): void } {
  let now = Date.now()
  return {
    now: () => now,
    after: () => () => {},
    random: () => 0.5,
    advance(ms) {
      now += ms
    },
  }
}
