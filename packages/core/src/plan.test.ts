import { describe, expect, it } from 'vitest'
import { describePort, portTable } from './ports.ts'
import { explainPlan, planEndpoints } from './policy.ts'
import { parseSettings } from './settings/parse.ts'
import { locales } from './text/index.ts'

const example = { host: 'smtp.example.com' }

describe('the ladder', () => {
  it.each([
    ['587, 2525, 465 by default', example, '587/starttls 2525/starttls 465/implicit'],
    ['no 465 under "never"', { ...example, policy: { implicitTls: 'never' } }, '587/starttls 2525/starttls'],
    [
      '465 first under "first"',
      { ...example, policy: { implicitTls: 'first' } },
      '465/implicit 587/starttls 2525/starttls',
    ],
    [
      '25 last, if allowed',
      { ...example, policy: { allowPort25: true } },
      '587/starttls 2525/starttls 465/implicit 25/starttls',
    ],
    ['STARTTLS only, if set', { ...example, security: 'starttls' }, '587/starttls 2525/starttls'],
    ['implicit TLS only, if set', { ...example, security: 'implicit' }, '465/implicit'],
    [
      'an explicit "implicit" takes precedence over "never"',
      { ...example, security: 'implicit', policy: { implicitTls: 'never' } },
      '465/implicit',
    ],
    ['only the port that is set', { ...example, port: 2525 }, '2525/starttls'],
    ['465 means implicit TLS', { ...example, port: 465 }, '465/implicit'],
    [
      'the candidates, in their order',
      {
        ...example,
        candidates: [
          { port: 465, security: 'implicit' },
          { port: 587, security: 'starttls' },
        ],
      },
      '465/implicit 587/starttls',
    ],
    ['no unencrypted rung', { ...example, security: 'none' }, ''],
    ['an unencrypted rung on this machine', { host: 'localhost', security: 'none' }, '587/none'],
  ])('%s', (_, settings, ladder) => {
    expect(plan(settings)).toBe(ladder)
  })
})

describe('the ladder of a known provider', () => {
  it.each([
    ['2525 is left out if the provider lacks it', { host: 'smtp.gmail.com' }, '587/starttls 465/implicit'],
    ['Mailpro, which discourages 465', { host: 'smtp.mailpro.com' }, '587/starttls 2525/starttls 465/implicit'],
    [
      'its own alternates: SES',
      { host: 'email-smtp.eu-west-1.amazonaws.com' },
      '587/starttls 2587/starttls 465/implicit 2465/implicit',
    ],
    [
      'the order in which it recommends ports is ignored',
      { host: 'smtp.resend.com' },
      '587/starttls 2587/starttls 465/implicit 2465/implicit',
    ],
    [
      'the policy changes the order',
      { host: 'smtp.resend.com', policy: { implicitTls: 'first' } },
      '465/implicit 2465/implicit 587/starttls 2587/starttls',
    ],
    ['465 only, if it offers nothing else', { host: 'mail.your-server.de' }, '465/implicit'],
    ['nothing, if it offers only 465 and the policy is "never"', { host: 'mail.your-server.de', policy: { implicitTls: 'never' } }, ''],
    ['a discouraged port comes last', { host: 'mail.infomaniak.com' }, '465/implicit 587/starttls'],
    [
      '"first" takes precedence over a discouraged port',
      { host: 'smtp.mailpro.com', policy: { implicitTls: 'first' } },
      '465/implicit 587/starttls 2525/starttls',
    ],
    ['no 25 if it does not offer it', { host: 'smtp.gmail.com', policy: { allowPort25: true } }, '587/starttls 465/implicit'],
    ['25 if it offers it', { host: 'smtp.office365.com', policy: { allowPort25: true } }, '587/starttls 25/starttls'],
    [
      'web ports at the end',
      { host: 'mail.smtp2go.com' },
      '587/starttls 2525/starttls 8025/starttls 465/implicit 8465/implicit 80/starttls 443/implicit',
    ],
    ['the security of a port is the provider\'s', { host: 'smtp.resend.com', port: 2465 }, '2465/implicit'],
    [
      'an explicit security is tried even if it does not offer it',
      { host: 'mail.gandi.net', security: 'implicit' },
      '465/implicit',
    ],
    ["nodemailer's service names", { service: 'Gmail' }, '587/starttls 465/implicit'],
  ])('%s', (_, settings, ladder) => {
    expect(plan(settings)).toBe(ladder)
  })
})

describe('explainPlan', () => {
  it('gives the reason for every rung, included or left out', () => {
    const steps = explainPlan(parseSettings({ host: 'smtp.gmail.com' }))
    expect(steps.map(({ port, included, reason }) => [port, included, reason])).toEqual([
      [587, true, 'The registered port for submission; STARTTLS is required.'],
      [465, true, 'The last resort: implicit TLS.'],
      [2525, false, 'Left out: Gmail does not offer it.'],
      [25, false, 'Left out, unless policy.allowPort25 is set.'],
    ])
  })

  it('supports German', () => {
    const [first] = explainPlan(parseSettings({ ...example, port: 2525 }), { locale: 'de' })
    expect(first?.reason).toBe('So steht es in den Einstellungen.')
  })

  it('lists unencrypted rungs as left out', () => {
    expect(explainPlan(parseSettings({ ...example, security: 'none' }))[0]).toMatchObject({
      security: 'none',
      included: false,
    })
  })

  it('lists every port of the port table', () => {
    for (const settings of [
      example,
      { host: 'smtp.gmail.com' },
      { ...example, port: 587 },
      { ...example, security: 'none' },
    ]) {
      const ports = explainPlan(parseSettings(settings)).map(({ port }) => port)
      expect(ports).toEqual(expect.arrayContaining([25, 465, 587, 2525]))
      expect(new Set(ports).size).toBe(ports.length)
    }
  })

  it('gives each endpoint a reason that comparisons and JSON ignore', () => {
    const [endpoint] = planEndpoints(parseSettings(example))
    expect(endpoint).toEqual({ host: 'smtp.example.com', port: 587, security: 'starttls' })
    expect(JSON.stringify(endpoint)).toBe('{"host":"smtp.example.com","port":587,"security":"starttls"}')
    expect(endpoint?.reason).toBe('The registered port for submission; STARTTLS is required.')
  })
})

describe('describePort', () => {
  it('describes each port of the table in each language', () => {
    for (const { port, references } of portTable) {
      for (const locale of locales) {
        const described = describePort(port, { locale })
        expect(described).toMatchObject({ port, references, name: expect.any(String), use: expect.any(String) })
        expect(described?.role).toMatch(/\.$/)
        expect(described?.history).toMatch(/\.$/)
      }
    }
  })

  it('says that 465 is registered', () => {
    expect(describePort(465)).toMatchObject({
      registered: 'submissions',
      history: expect.stringContaining('RFC 8314 registered it again'),
    })
  })

  it('returns undefined for other ports', () => {
    expect(describePort(80)).toBeUndefined()
  })
})

function plan(settings: unknown): string {
  return planEndpoints(parseSettings(settings))
    .map(({ port, security }) => `${port}/${security}`)
    .join(' ')
}
