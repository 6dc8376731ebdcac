import { BlockList, isIP } from 'node:net'
import type { Endpoint, Security } from './endpoint.ts'
import {
  ALTERNATE_SUBMISSION_PORT,
  portTable,
  securityOfPort,
  SMTP_PORT,
  SUBMISSION_PORT,
  SUBMISSIONS_PORT,
} from './ports.ts'
import type { Candidate, SmtpSettings } from './settings/settings.ts'

/**
 * The ladder for these settings, best rung first: 587 and 2525 with STARTTLS, then 465 with implicit TLS. There is no
 * rung below TLS. A port the caller set is honoured, alone.
 *
 * @returns at least one endpoint for settings that `parseSettings` made, unless their policy rules out every one
 * @example
 * planEndpoints(parseSettings({ host: 'smtp.example.com' })).map(({ port }) => port) // [587, 2525, 465]
 */
export function planEndpoints(settings: SmtpSettings): Endpoint[] {
  return candidatesFor(settings)
    .filter(({ security }) => security !== 'none' || mayBeClear(settings))
    .map(({ port, security }) => ({ host: settings.host, port, security }))
}

/** Whether the policy accepts an unencrypted connection to this host: by default for this machine alone. */
export function mayBeClear({ host, policy }: Pick<SmtpSettings, 'host' | 'policy'>): boolean {
  switch (policy?.allowCleartext ?? 'loopback') {
    case 'always':
      return true
    case 'loopback':
      return isLoopback(host)
    case 'never':
      return false
  }
}

/**
 * Whether a host is this machine whatever DNS says: a loopback address, or a name that RFC 6761 §6.3 reserves for it.
 *
 * @example
 * isLoopback('mail.localhost') // true
 * isLoopback('127.0.0.1.example.com') // false
 */
export function isLoopback(host: string): boolean {
  const family = isIP(host)
  if (family !== 0) return loopback.check(host, family === 6 ? 'ipv6' : 'ipv4')
  return /^(?:.+\.)?localhost\.?$/i.test(host)
}

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8, 'ipv4')
loopback.addAddress('::1', 'ipv6')

function candidatesFor({ port, security, candidates, policy }: SmtpSettings): readonly Candidate[] {
  if (port !== undefined) return [{ port, security: security ?? securityOfPort(port) }]
  if (candidates) return candidates
  const ladder = ladders[policy?.implicitTls ?? 'last-resort'].map(rung)
  if (policy?.allowPort25) ladder.push(rung(SMTP_PORT))
  if (security === undefined) return ladder
  if (security === 'none') return [{ port: SUBMISSION_PORT, security }]
  const wanted = ladder.filter((candidate) => candidate.security === security)
  // Asking for implicit TLS by name outweighs the default place of 465 in the ladder.
  return wanted.length > 0 ? wanted : portsWith(security)
}

const ladders = {
  never: [SUBMISSION_PORT, ALTERNATE_SUBMISSION_PORT],
  'last-resort': [SUBMISSION_PORT, ALTERNATE_SUBMISSION_PORT, SUBMISSIONS_PORT],
  first: [SUBMISSIONS_PORT, SUBMISSION_PORT, ALTERNATE_SUBMISSION_PORT],
} as const

function rung(port: number): Candidate {
  return { port, security: securityOfPort(port) }
}

function portsWith(security: Security): Candidate[] {
  return portTable.filter((facts) => facts.security === security && facts.use === 'submission').map(({ port }) => rung(port))
}
