import type { CertificateFacts, FailureCode, Finding, PlanStep, PortDescription, Security } from '@postern/core'
import type { JsonReport } from './doctor/json-report.ts'
import type { Role } from './trust/pin.ts'

/** What `check --format json` prints for valid settings. */
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

/** What `send --format json` prints for valid settings. */
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

/** What `trust --format json` prints for valid settings. */
export interface TrustReport {
  /** Changes when a field is removed or gets another meaning. */
  readonly version: 1
  readonly host: string
  /** Whether the server is trusted, or is with the settings in `pin`. */
  readonly ok: boolean
  /** The result in a sentence. */
  readonly verdict: string
  /** The port that showed the certificates; null if none did. */
  readonly port: number | null
  readonly security: Security | null
  /** Whether the certificate of the server is trusted without `pin`. */
  readonly trusted: boolean
  /** Why it is not trusted; null if it is. */
  readonly code: FailureCode | null
  /** What to compare before the certificates are trusted; null if they are. */
  readonly notice: string | null
  /** The certificate of the server, then those of its authorities. */
  readonly certificates: readonly ShownCertificate[]
  /** The settings that trust the server; null if none are needed, or none help. */
  readonly pin: TrustReportPin | null
}

/** A certificate. Unless it was verified, its content is untrusted. */
export interface ShownCertificate extends CertificateFacts {
  readonly role: Role
}

/** Settings that trust a certificate, to paste. */
export interface TrustReportPin {
  readonly certificate: Role
  /** The fingerprint of the certificate. */
  readonly fingerprint: string
  /** The option for `createTransport` of @postern/nodemailer. */
  readonly postern: string
  /** For the environment, or a file `.env`. */
  readonly environment: readonly string[]
}

/** What `check` prints as JSON. If the settings of the environment are invalid, that is the report of `doctor` with the issues. @public */
export type CheckOutput = CheckReport | JsonReport

/** The same for `send`. @public */
export type SendOutput = SendReport | JsonReport

/** The same for `trust`. @public */
export type TrustOutput = TrustReport | JsonReport
