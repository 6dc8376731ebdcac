import type { Finding, PlanStep, PortDescription } from '@postern/core'

/** What `check --format json` prints. */
export interface CheckReport {
  /** Changes when a field is removed or gets another meaning. */
  readonly version: 1
  readonly host: string
  /** Whether the settings can be used. */
  readonly ok: boolean
  readonly status: 'pass' | 'warn' | 'fail'
  /** The result in a sentence. */
  readonly verdict: string
  readonly findings: readonly Finding[]
  /** The ports that are used, best first, and those that are left out. */
  readonly plan: readonly PlanStep[]
}

/** What `send --format json` prints. */
export interface SendReport {
  /** Changes when a field is removed or gets another meaning. */
  readonly version: 1
  /** Whether the server accepted the message. */
  readonly ok: boolean
  /** The result in a sentence. */
  readonly verdict: string
  /** The reply of the server that accepted the message. */
  readonly response?: string
  /** The Message-ID of the message that was accepted. */
  readonly messageId?: string
  /** The failure code. */
  readonly code?: string
  /** `unknown`: the server may have accepted the message. */
  readonly delivery?: 'not-accepted' | 'unknown'
  /** Whether the same message may be sent again. */
  readonly retryable?: boolean
}

/** What `ports --format json` prints. */
export type PortsReport = readonly PortDescription[]
