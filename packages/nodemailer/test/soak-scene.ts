import type { Provider, ProviderOptions } from '@postern/testing'
import type { CreateTransportOptions, SubmissionSettings, Transporter } from '../src/index.ts'
import type { Ledger } from './soak-ledger.ts'
import type { PortHistory } from './soak-ports.ts'
import type { Random } from './random.ts'

/** The modes in which a scene is played. */
export type Mode = 'plain' | 'pooled'

/** Options of a soak's transporters. */
export type SoakTransportOptions = CreateTransportOptions & {
  /** Milliseconds a message waits while no endpoint opens. */
  readonly endpointTimeout?: number
  /** Milliseconds for each timeout of the mail transaction. */
  readonly timeouts?: { readonly mail?: number; readonly rcpt?: number; readonly data?: number; readonly block?: number; readonly end?: number }
}

/** The context of a scene. */
export interface SceneContext {
  readonly draw: Random
  readonly provider: Provider
  /** Switches faults on and off, and records when each port was usable. */
  readonly ports: PortHistory
  readonly ledger: Ledger
  readonly messages: number
  readonly pool: boolean
  /** Milliseconds. */
  readonly longestOutage: number
  /** Creates a transporter that is closed after the scene. @param settings by default the provider's */
  readonly open: (options?: SoakTransportOptions, settings?: SubmissionSettings) => Transporter
  /** Records a random choice of the scene, for the report. */
  readonly met: (what: string) => void
}

/** One kind of problem, and the rules for it. */
export interface Scene {
  readonly modes: readonly Mode[]
  /** The share of the requested messages that this scene sends, because some scenes are slow. */
  readonly share: number
  /** Starts a provider other than the default one. */
  readonly start?: (options: ProviderOptions, draw: Random) => Promise<StartedProvider>
  readonly play: (context: SceneContext) => Promise<void>
}

/** A provider, and a function that closes it with everything that belongs to it. */
export interface StartedProvider {
  readonly provider: Provider
  /** A random choice, for the report. */
  readonly met?: string
  readonly close: () => Promise<void>
}

export const bothModes: readonly Mode[] = ['plain', 'pooled']
