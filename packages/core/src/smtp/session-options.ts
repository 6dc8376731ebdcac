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

/** Options of a session. */
export interface SessionOptions {
  /** Login, TLS options and client name. Host and port come from the endpoint. */
  readonly settings: SmtpSettings
  readonly budgets: Budgets
  /** An upper limit in milliseconds for every wait. @default Infinity */
  readonly longestWait?: number | undefined
  readonly clock: Clock
  readonly locale: Locale
  readonly signal: CancelSignal
  /** Returns the sender of the message to be sent, for the EHLO name, if it is known. */
  readonly sender?: (() => string | undefined) | undefined
  /** EHLO names that this server refused and accepted another one instead. Sessions add to it, so that the next one is spared the refusal. */
  readonly refusedNames?: Set<string> | undefined
  /** Whether the session's sockets and timers are unreferenced. */
  readonly background?: boolean | undefined
  readonly authMethod?: string | undefined
  /** Whether the session collects everything for a report, the certificate chain included. This takes longer. */
  readonly report?: boolean | undefined
  readonly localAddress?: string | undefined
  readonly dial?: Dial | undefined
  /** Creates the transcript of a connection, which receives every line of the dialogue without secrets, for logs. */
  readonly transcript?: ((endpoint: Endpoint) => Transcript) | undefined
  /** Called with the credentials of each login before they are sent. */
  readonly onSecret?: ((credentials: Credentials) => void) | undefined
  /** Resolves the host. All sessions that share these options share one lookup. */
  readonly resolve: (bounds: Bounds) => Promise<readonly Address[]>
}
