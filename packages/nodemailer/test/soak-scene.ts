import type { Provider, ProviderOptions } from '@postern/testing'
import type { CreateTransportOptions, SubmissionSettings, Transporter } from '../src/index.ts'
import type { Ledger } from './soak-ledger.ts'
import type { PortHistory } from './soak-ports.ts'
import type { Random } from './random.ts'

/** The ways to send that a scene is played in. */
export type Mode = 'plain' | 'pooled'

/** Options of a soak's transporters. */
export type SoakTransportOptions = CreateTransportOptions & {
  /** Milliseconds a message waits while no endpoint opens. */
  readonly endpointTimeout?: number
  /** Milliseconds each wait of the mail transaction may take. */
  readonly timeouts?: { readonly mail?: number; readonly rcpt?: number; readonly data?: number; readonly block?: number; readonly end?: number }
}

/** What a scene works with. */
export interface SceneContext {
  readonly draw: Random
  readonly provider: Provider
  /** Switches faults on and off, and records when each port was fair. */
  readonly ports: PortHistory
  readonly ledger: Ledger
  readonly messages: number
  readonly pool: boolean
  /** Milliseconds. */
  readonly longestOutage: number
  /** Makes a transporter that is closed when the scene is over; `settings` unset: the provider's. */
  readonly open: (options?: SoakTransportOptions, settings?: SubmissionSettings) => Transporter
  /** Notes something that the scene has drawn, for the report. */
  readonly met: (what: string) => void
}

/** One kind of trouble, and what has to hold in it. */
export interface Scene {
  readonly modes: readonly Mode[]
  /** The share of the requested messages that this scene sends: some scenes are slow by nature. */
  readonly share: number
  /** Starts another provider than the usual one. */
  readonly start?: (options: ProviderOptions, draw: Random) => Promise<StartedProvider>
  readonly play: (context: SceneContext) => Promise<void>
}

/** A provider, and how to close it with everything that belongs to it. */
export interface StartedProvider {
  readonly provider: Provider
  /** Something that was drawn, for the report. */
  readonly met?: string
  readonly close: () => Promise<void>
}

export const bothModes: readonly Mode[] = ['plain', 'pooled']
