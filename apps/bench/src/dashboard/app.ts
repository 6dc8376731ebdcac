import type { ProviderSettings } from '@postern/testing'
import { withChild } from '../child.ts'
import { type Call, callerOf } from './remote.ts'

/** What the app serves: the dashboard of a mailer, or streams of heartbeats alone. */
export type Served = 'dashboard' | 'bare'

/** The arguments of the process. */
export interface AppOptions {
  readonly served: Served
  readonly settings: ProviderSettings
  /** A Unix socket. @default a free TCP port */
  readonly socket?: string | undefined
}

/** The TCP port or the Unix socket of an app. */
export type Address = number | string

/** What an app can be asked for. */
export interface AppCommands {
  /** Milliseconds of user and system time so far. */
  cpu(): number
  /** Bytes of heap and buffers after garbage collections. */
  memory(): number
  /** The number of open connections. */
  sockets(): number
  /** Bytes that neither the clients nor the operating system have taken. */
  waiting(): number
  /** Makes the mailer emit events. */
  record(count: number): void
}

/** An app in another process, which does nothing else. */
export interface App {
  readonly address: Address
  readonly call: Call<AppCommands>
}

/** Starts an app for the duration of `run`. */
export async function withApp<T>(options: AppOptions, run: (app: App) => Promise<T>): Promise<T> {
  return await withChild(
    new URL('app-process.js', import.meta.url),
    [JSON.stringify(options)],
    (child, address) => run({ address: address as Address, call: callerOf<AppCommands>(child) }),
    { execArgv: ['--expose-gc'] },
  )
}
