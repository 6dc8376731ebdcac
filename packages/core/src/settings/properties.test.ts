import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isLoopback } from '../cleartext.ts'
import { explainPlan, planEndpoints } from '../policy.ts'
import { checkSettings } from '../rules/check-settings.ts'
import { locales } from '../text/index.ts'
import { formatSettings } from './format-settings.ts'
import { parseSettings } from './parse.ts'
import { SettingsError } from './settings-error.ts'
import type { SmtpSettings } from './settings.ts'

const security = fc.constantFrom('starttls' as const, 'implicit' as const, 'none' as const)
const port = fc.integer({ min: 1, max: 65_535 })
const label = fc.stringMatching(/^[a-z0-9](?:[a-z0-9-]{0,8}[a-z0-9])?$/)
const host = fc.oneof(
  fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => labels.join('.')),
  fc.ipV4(),
  fc.ipV6(),
  fc.constantFrom(
    'localhost',
    '127.0.0.1',
    '::1',
    'smtp.gmail.com',
    'mail.your-server.de',
    'MAIL.smtp2go.com.',
    'mail.infomaniak.com',
  ),
)
const word = fc.stringMatching(/^[^\p{Cc}\u2028\u2029]{1,40}$/u)
const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined })

/** Settings in the canonical shape, every part at will. */
const canonical = fc
  .record({
    host,
    port: optional(port),
    security: optional(security),
    auth: optional(fc.oneof(fc.record({ user: word, pass: word }), fc.record({ user: word, accessToken: word }))),
    tls: optional(
      fc.record(
        {
          ca: fc.constantFrom('-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n', [
            '-----BEGIN CERTIFICATE-----',
          ]),
          fingerprints: fc.constantFrom([`sha256:${'0a'.repeat(32)}`]),
          servername: host,
          minVersion: fc.constantFrom('TLSv1.2', 'TLSv1.3'),
          rejectUnauthorized: fc.boolean(),
        },
        { requiredKeys: [] },
      ),
    ),
    clientName: optional(fc.constantFrom('app.example.com', '[127.0.0.1]', '[IPv6:::1]', 'app')),
    candidates: optional(fc.array(fc.record({ port, security }), { minLength: 1, maxLength: 16 })),
    policy: optional(
      fc.record(
        {
          implicitTls: fc.constantFrom('never', 'last-resort', 'first'),
          allowPort25: fc.boolean(),
          allowCleartext: fc.constantFrom('never', 'loopback', 'always'),
        },
        { requiredKeys: [] },
      ),
    ),
  })
  .filter((settings) => parses(settings))

/** The same words that settings have, with anything as their values. */
const nearly = fc.dictionary(
  fc.constantFrom(
    ...'host port security auth tls clientName candidates policy secure requireTLS ignoreTLS opportunisticTLS service encryption username password url user pass server __proto__ constructor'.split(
      ' ',
    ),
  ),
  fc.oneof(
    fc.anything(),
    fc.string(),
    port,
    port.map(String),
    host,
    security,
    fc.boolean(),
    fc.dictionary(
      fc.constantFrom('user', 'pass', 'accessToken', 'minVersion', 'ca', 'type', '__proto__'),
      fc.anything(),
    ),
  ),
)
const url = fc.oneof(
  fc.webUrl(),
  fc.string().map((rest) => `smtp://${rest}`),
  fc.string().map((rest) => `smtps://a:b@${rest}?tls.ca=%zz`),
  fc.string().map((rest) => `{${rest}`),
)
const anything = fc.oneof(
  fc.anything({
    withBigInt: true,
    withDate: true,
    withMap: true,
    withNullPrototype: true,
    withSparseArray: true,
    withTypedArray: true,
    withBoxedValues: true,
  }),
  fc.string(),
  nearly,
  url,
)

describe('parseSettings', () => {
  it('throws only SettingsError, for any input', () => {
    fc.assert(
      fc.property(anything, (input) => {
        const thrown = thrownBy(() => parseSettings(input))
        expect(thrown === undefined || thrown instanceof SettingsError).toBe(true)
      }),
      { numRuns: 3_000 },
    )
  })

  it('reads the output of formatSettings as the same settings', () => {
    fc.assert(
      fc.property(canonical, (input) => {
        const settings = parseSettings(input)
        expect(parseSettings(formatSettings(settings, { secrets: true }))).toEqual(settings)
      }),
    )
  })

  it('reads its own result as the same settings', () => {
    fc.assert(
      fc.property(canonical, (input) => {
        expect(parseSettings(parseSettings(input))).toEqual(parseSettings(input))
      }),
    )
  })
})

describe('formatSettings', () => {
  it('prints no secret by default', () => {
    const secret = 'correct horse battery staple'
    for (const auth of [
      { user: 'ada', pass: secret },
      { user: 'ada', accessToken: secret },
    ]) {
      const settings = parseSettings({ host: 'smtp.example.com', auth })
      expect(formatSettings(settings)).not.toContain(secret)
      expect(formatSettings(settings)).toBe(JSON.stringify(settings))
    }
  })

  it('prints certificates from buffers', () => {
    const pem = '-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----'
    const printed = formatSettings(parseSettings({ host: 'a.example', tls: { ca: [Buffer.from(pem), pem] } }))
    expect(parseSettings(printed).tls?.ca).toEqual([pem, pem])
  })
})

describe('checkSettings', () => {
  it('throws only SettingsError, for any input', () => {
    fc.assert(
      fc.property(anything, (input) => {
        const thrown = thrownBy(() => checkSettings(input))
        expect(thrown === undefined || thrown instanceof SettingsError).toBe(true)
      }),
      { numRuns: 2_000 },
    )
  })

  it('shows no secret', () => {
    const secret = 'correct-horse-battery'
    fc.assert(
      fc.property(canonical, (settings) => {
        const findings = checkSettings({ ...settings, auth: { user: 'ada', pass: secret } })
        expect(JSON.stringify(findings)).not.toContain(secret)
      }),
    )
  })

  it('has an error for every ladder without a rung', () => {
    fc.assert(
      fc.property(canonical, (input) => {
        const settings = parseSettings(input)
        const sound =
          planEndpoints(settings).length > 0 || checkSettings(settings).some(({ severity }) => severity === 'error')
        expect(sound).toBe(true)
      }),
    )
  })
})

describe('the plan', () => {
  it('has no unencrypted rung for another host under the default policy', () => {
    fc.assert(
      fc.property(canonical, (input) => {
        const { policy, ...settings } = input
        const rungs = planEndpoints(
          parseSettings({ ...settings, ...(policy && { policy: { ...policy, allowCleartext: undefined } }) }),
        )
        expect(rungs.some((rung) => rung.security === 'none') && !isLoopback(input.host)).toBe(false)
      }),
      { numRuns: 1_000 },
    )
  })

  it('uses only an explicit port', () => {
    fc.assert(
      fc.property(canonical, port, (input, own) => {
        const ports = planEndpoints(parseSettings({ ...input, port: own })).map((rung) => rung.port)
        expect(ports.every((one) => one === own)).toBe(true)
        expect(ports.length).toBeLessThanOrEqual(1)
      }),
    )
  })

  it('includes or excludes each port of the table, with a reason', () => {
    fc.assert(
      fc.property(canonical, fc.constantFrom(...locales), (input, locale) => {
        const steps = explainPlan(parseSettings(input), { locale })
        expect(steps.map((step) => step.port)).toEqual(expect.arrayContaining([25, 465, 587, 2525]))
        expect(steps.every(({ reason }) => /^[^{}?]+\.$/.test(reason))).toBe(true)
      }),
    )
  })
})

function parses(settings: unknown): settings is SmtpSettings {
  return thrownBy(() => parseSettings(settings)) === undefined
}

function thrownBy(run: () => unknown): unknown {
  try {
    run()
    return undefined
  } catch (error) {
    return error
  }
}
