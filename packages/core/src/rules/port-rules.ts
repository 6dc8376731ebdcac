import { portTable, SMTP_PORT, SUBMISSIONS_PORT } from '../ports.ts'
import type { Candidate } from '../settings/settings.ts'
import type { Found, Subject } from './rule.ts'

export function port25({ given, settings, local }: Subject): Found | undefined {
  if (given.some(({ port }) => port === SMTP_PORT)) return { severity: local ? 'info' : 'warning' }
  return settings.policy?.allowPort25 ? { severity: 'info' } : undefined
}

export function port465({ given, first }: Subject): Found | undefined {
  const used = first === SUBMISSIONS_PORT || given.some(({ port }) => port === SUBMISSIONS_PORT)
  return used ? { severity: 'info' } : undefined
}

export function portUnknown({ given, provider, local }: Subject): Found | undefined {
  const odd = provider ? undefined : given.find(({ port }) => !portTable.some((facts) => facts.port === port))
  return odd && { severity: local ? 'info' : 'warning', values: { port: odd.port } }
}

export function securityMismatch({ given, provider }: Subject): Found | undefined {
  const expectedOf = ({ port }: Candidate) =>
    [...(provider?.ports ?? []), ...portTable].find((facts) => facts.port === port)?.security
  const wrong = given.find((one) => one.security !== 'none' && one.security !== (expectedOf(one) ?? one.security))
  if (!wrong) return undefined
  const expected = expectedOf(wrong)
  const { port, security } = wrong
  return { severity: 'error', values: { port, security, expected, secure: String(expected === 'implicit') } }
}
