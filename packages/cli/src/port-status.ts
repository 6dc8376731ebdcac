import type { FailureCode, ProbeReport, Stage } from '@postern/core'
import { type ExitCode, exitCode } from './exit-code.ts'
import type { Style } from './output.ts'
import type { CliTexts } from './text/index.ts'

/** How a port answers, in a word. Its texts are in `text/`. */
export type PortStatus = 'open' | 'blocked' | 'silent' | 'refused' | 'unreachable' | 'unusable'

/** `blocked`: no answer to the connection. `silent`: a connection without a greeting. `unusable`: it answers, but cannot be used. */
const statusByFailure: Readonly<Partial<Record<FailureCode, PortStatus>>> = {
  'connect-timeout': 'blocked',
  'greeting-timeout': 'silent',
  'connect-refused': 'refused',
  'network-unreachable': 'unreachable',
  'dns-not-found': 'unreachable',
  'dns-timeout': 'unreachable',
}

/** The stages behind the login. */
const inTransaction: ReadonlySet<Stage> = new Set(['mail', 'rcpt'])

/** The status of a port. A port on which the login was refused is open. */
export function portStatus({ failure, login }: ProbeReport): PortStatus {
  if (!failure || login.outcome !== 'not-tried' || inTransaction.has(failure.stage)) return 'open'
  return statusByFailure[failure.code] ?? 'unusable'
}

export const statusStyles: Readonly<Record<keyof CliTexts['statuses'], Style>> = {
  open: 'green',
  accepted: 'green',
  used: 'green',
  blocked: 'red',
  silent: 'red',
  refused: 'red',
  unreachable: 'red',
  unusable: 'red',
  error: 'red',
  unknown: 'yellow',
  warning: 'yellow',
  info: 'cyan',
  'left-out': 'dim',
}

/** The style of the last sentence. */
export const verdictStyles: Readonly<Record<ExitCode, Style>> = {
  [exitCode.fine]: 'green',
  [exitCode.warnings]: 'yellow',
  [exitCode.fails]: 'red',
  [exitCode.usage]: 'red',
  [exitCode.internal]: 'red',
  [exitCode.interrupted]: 'red',
}
