import { type Endpoint, endpointKey, isSameEndpoint, type NoUsableEndpointError, type SelectorChange, type SelectorState } from '@postern/core'
import type { Logger } from 'nodemailer/lib/shared'

/** A change of endpoint. */
export type ChangeName = 'selected' | 'fallback' | 'recovered'

/**
 * Logs every change of endpoint, once and not per message. After "No port works." nothing is logged until an endpoint works
 * again.
 */
export class ChangeLog {
  readonly #logger: Logger
  readonly #state: () => SelectorState
  #exhausted = false
  /** The last change since no port worked. It is logged only once the endpoint is confirmed. */
  #pending: (() => void) | undefined

  constructor(logger: Logger, state: () => SelectorState) {
    this.#logger = logger
    this.#state = state
  }

  changed(name: ChangeName, change: SelectorChange): void {
    const reason = this.#reasonFor(change)
    const write = () => this.#write(name, change, reason)
    if (this.#exhausted) this.#pending = write
    else write()
  }

  exhausted({ message, advice, diagnosis }: NoUsableEndpointError): void {
    this.#pending = undefined
    if (this.#exhausted) return
    this.#exhausted = true
    this.#logger.error({ ...entry('exhausted'), code: diagnosis.code }, 'No port works. %s %s', message, advice)
  }

  /** A message was accepted, or a check succeeded. */
  proved(): void {
    if (!this.#exhausted) return
    this.#exhausted = false
    this.#pending?.()
    this.#pending = undefined
  }

  #write(name: ChangeName, { endpoint }: SelectorChange, reason: Reason | undefined): void {
    const { host, port, security } = endpoint
    const facts = { ...entry(name), host, port, security }
    const now = endpointKey(endpoint)
    if (name === 'selected') this.#logger.info(facts, 'Mail goes over %s.', now)
    if (name === 'recovered') this.#logger.info(facts, 'Mail goes over %s again.', now)
    if (name !== 'fallback') return
    const { code, message = '' } = reason ?? {}
    this.#logger.warn({ ...facts, code }, 'Mail goes over %s now, since a better port does not work. %s', now, message)
  }

  /** The failure of the previous rung, or of the best one if none was in use. */
  #reasonFor({ previous }: SelectorChange): Reason | undefined {
    const { rungs } = this.#state()
    const left = previous && rungs.find(({ endpoint }: { readonly endpoint: Endpoint }) => isSameEndpoint(endpoint, previous))
    return (left ?? rungs[0])?.failure
  }
}

interface Reason {
  readonly code: string
  readonly message: string
}

function entry(action: string) {
  return { tnx: 'postern', component: 'postern', action }
}
