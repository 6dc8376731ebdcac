import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Security } from './endpoint.ts'
import { isLoopback, planEndpoints } from './policy.ts'
import { portTable, securityOfPort } from './ports.ts'
import type { Policy, SmtpSettings } from './settings/settings.ts'

const host = 'smtp.example.com'

function ladder(settings: Partial<SmtpSettings>): string[] {
  return planEndpoints({ host, ...settings }).map(({ port, security }) => `${port} ${security}`)
}

describe('the ladder', () => {
  it.each<[Policy | undefined, string[]]>([
    [undefined, ['587 starttls', '2525 starttls', '465 implicit']],
    [{ implicitTls: 'last-resort' }, ['587 starttls', '2525 starttls', '465 implicit']],
    [{ implicitTls: 'never' }, ['587 starttls', '2525 starttls']],
    [{ implicitTls: 'first' }, ['465 implicit', '587 starttls', '2525 starttls']],
    [{ allowPort25: true }, ['587 starttls', '2525 starttls', '465 implicit', '25 starttls']],
    [{ allowPort25: false }, ['587 starttls', '2525 starttls', '465 implicit']],
    [{ implicitTls: 'first', allowPort25: true }, ['465 implicit', '587 starttls', '2525 starttls', '25 starttls']],
    [{ implicitTls: 'never', allowPort25: true }, ['587 starttls', '2525 starttls', '25 starttls']],
  ])('for the policy %o is %o', (policy, rungs) => {
    expect(ladder({ policy })).toEqual(rungs)
  })

  it.each([
    [25, '25 starttls'],
    [465, '465 implicit'],
    [587, '587 starttls'],
    [2525, '2525 starttls'],
    [2587, '2587 starttls'],
  ])('is only port %i if the caller set it, with its usual security', (port, rung) => {
    expect(ladder({ port })).toEqual([rung])
    expect(ladder({ port, candidates: [{ port: 1, security: 'starttls' }] })).toEqual([rung])
  })

  it('uses the security the caller set for a port', () => {
    expect(ladder({ port: 587, security: 'implicit' })).toEqual(['587 implicit'])
    expect(ladder({ port: 465, security: 'starttls' })).toEqual(['465 starttls'])
  })

  it('has only rungs with the security the caller set', () => {
    expect(ladder({ security: 'starttls' })).toEqual(['587 starttls', '2525 starttls'])
    expect(ladder({ security: 'starttls', policy: { allowPort25: true } })).toEqual(['587 starttls', '2525 starttls', '25 starttls'])
    expect(ladder({ security: 'implicit' })).toEqual(['465 implicit'])
  })

  it('is the candidates of the caller, in their order', () => {
    const candidates = [
      { port: 2587, security: 'starttls' },
      { port: 443, security: 'implicit' },
    ] as const
    expect(ladder({ candidates })).toEqual(['2587 starttls', '443 implicit'])
  })

  it('has no unencrypted rung for another machine, whatever the settings say', () => {
    fc.assert(
      fc.property(anySettings, (settings) => {
        const unencrypted = planEndpoints(settings).filter(({ security }) => security === 'none')
        expect(unencrypted.length === 0 || isLoopback(settings.host)).toBe(true)
      }),
    )
  })

  it('has unencrypted rungs only where the policy allows them', () => {
    expect(ladder({ port: 25, security: 'none', policy: { allowCleartext: 'always' } })).toEqual(['25 none'])
    expect(planEndpoints({ host: 'localhost', port: 1025, security: 'none' })).toHaveLength(1)
    expect(planEndpoints({ host: 'localhost', port: 1025, security: 'none', policy: { allowCleartext: 'never' } })).toEqual([])
    expect(ladder({ security: 'none' })).toEqual([])
  })
})

const security = fc.constantFrom<Security>('starttls', 'implicit', 'none')
const port = fc.constantFrom(25, 465, 587, 2525, 1025)
const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined })

/** Any settings with the default cleartext policy. */
const anySettings: fc.Arbitrary<SmtpSettings> = fc.record({
  host: fc.oneof(fc.domain(), fc.ipV4(), fc.ipV6(), fc.constantFrom('localhost', 'foo.localhost', 'localhost.example.com', '127.0.0.1')),
  port: optional(port),
  security: optional(security),
  candidates: optional(fc.array(fc.record({ port, security }), { minLength: 1 })),
  policy: optional(
    fc.record({
      implicitTls: optional(fc.constantFrom('never' as const, 'last-resort' as const, 'first' as const)),
      allowPort25: optional(fc.boolean()),
    }),
  ),
})

describe('this machine', () => {
  it.each(['127.0.0.1', '127.1.2.3', '::1', '0:0:0:0:0:0:0:1', '::ffff:127.0.0.1', 'localhost', 'LOCALHOST', 'localhost.', 'foo.localhost', 'a.b.localhost.'])(
    'is %s',
    (name) => {
      expect(isLoopback(name)).toBe(true)
    },
  )

  it.each([
    '127.0.0.1.evil.com',
    'localhost.evil.com',
    'evillocalhost',
    '2130706433',
    '0x7f.1',
    '127.1',
    '0',
    '0.0.0.0',
    '::',
    '128.0.0.1',
    '::ffff:128.0.0.1',
    '::7f00:1',
    'fe80::1%eth0',
    '[::1]',
    'evil.com\n.localhost.evil',
    '.localhost.com',
    '',
  ])('is not %j', (name) => {
    expect(isLoopback(name)).toBe(false)
  })
})

describe('the port table', () => {
  it('has the four ports, in the order in which they are used', () => {
    expect(portTable.map(({ port }) => port)).toEqual([587, 2525, 465, 25])
  })

  it('has 465 as registered for implicit TLS, and 2525 as not registered for mail', () => {
    expect(portTable.find(({ port }) => port === 465)).toMatchObject({ registered: 'submissions', security: 'implicit' })
    expect(portTable.find(({ port }) => port === 2525)?.registered).toBeUndefined()
  })

  it('uses STARTTLS for an unknown port, never no encryption', () => {
    const others = Array.from({ length: 65_535 }, (_, index) => index + 1).filter((port) => port !== 465)
    expect(new Set(others.map(securityOfPort))).toEqual(new Set(['starttls']))
    expect(securityOfPort(465)).toBe('implicit')
  })
})
