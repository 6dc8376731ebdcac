import type { Clock } from '../clock.ts'
import type { Endpoint } from '../endpoint.ts'
import type { Credentials, SmtpSettings } from '../settings/settings.ts'
import type { Locale } from '../text/index.ts'
import type { Bounds } from './bounded.ts'
import type { CancelSignal } from './cancellation.ts'
import type { Budgets } from './budgets.ts'
import type { Dial } from './dial.ts'
import type { Address } from './resolve.ts'
import type { Transcript } from './wire.ts'

/** What a session goes by. */
export interface SessionOptions {
  /** Who connects, and how. The endpoint says where to. */
  readonly settings: SmtpSettings
  readonly budgets: Budgets
  /** Beyond this no wait goes on, whatever its budget. @default Infinity */
  readonly longestWait?: number | undefined
  readonly clock: Clock
  readonly locale: Locale
  readonly signal: CancelSignal
  /** Whether the session may not hold the process open. */
  readonly background?: boolean | undefined
  readonly authMethod?: string | undefined
  /** Whether all that can be seen is to be put down, which takes longer. */
  readonly report?: boolean | undefined
  readonly localAddress?: string | undefined
  readonly dial?: Dial | undefined
  /** Makes what receives every line of one connection's dialogue, without secrets, for logs. */
  readonly transcript?: ((endpoint: Endpoint) => Transcript) | undefined
  /** Called with the credentials of a login before they are used, where a function gives the secret. */
  readonly onSecret?: ((credentials: Credentials) => void) | undefined
  /** Looks the host up: once for all who share these options. */
  readonly resolve: (bounds: Bounds) => Promise<readonly Address[]>
}
