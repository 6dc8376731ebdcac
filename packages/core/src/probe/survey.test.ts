import { createHook } from 'node:async_hooks'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { inspect } from 'node:util'
import { type Fault, type Provider, startProvider } from '@postern/testing'
import { afterEach, describe, expect, it } from 'vitest'
import { ca, trusted } from '../../test/certificates.ts'
import { expectNoLeaks } from '../../test/expect-no-leaks.ts'
import { type Script, serve, upToTls } from '../../test/scripted-server.ts'
import { parseSettings } from '../settings/parse.ts'
import { SettingsError } from '../settings/settings-error.ts'
import type { Policy, SmtpSettings } from '../settings/settings.ts'
import type { Dial } from '../smtp/dial.ts'
import { type SurveyOptions, surveyPorts, type SurveyReport } from './survey.ts'

let provider: Provider
afterEach(() => provider?.close())

const brief: SurveyOptions = { env: {}, budgets: { connect: 300, greeting: 300, tls: 300, reply: 300 } }

async function open(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  return socket
}

/** Connects to the test provider's port for each standard port. */
const dial: Dial = ({ port }) => open(provider.ports[port as 587])

const noConnection: Dial = () => Promise.reject(new Error('no connection needed'))

async function surveyWith(
  faults: Partial<Record<25 | 465 | 587 | 2525, Fault>>,
  settings: Partial<SmtpSettings> = {},
  options: SurveyOptions = {},
): Promise<SurveyReport> {
  provider = await startProvider({ faults })
  const { host, auth, tls } = provider.settings
  return await surveyPorts({ host, auth, tls, ...settings }, { ...brief, dial, ...options })
}

/** Each port with its security and failure code. */
const summaryOf = ({ ports }: SurveyReport) =>
  ports.map(({ endpoint, failure }) => `${endpoint.port} ${endpoint.security}${failure ? ` ${failure.code}` : ''}`)

const silence = { 587: 'black-hole', 2525: 'silent', 465: 'black-hole', 25: 'black-hole' } as const

describe('a survey', () => {
  it('examines every port, and recommends the best', async () => {
    const survey = await surveyWith({})
    expect(summaryOf(survey)).toEqual(['587 starttls', '2525 starttls', '465 implicit', '25 starttls'])
    expect(survey).toMatchObject({ ok: true, recommended: { port: 587, security: 'starttls' } })
    expect(survey).not.toHaveProperty('diagnosis')
    expect(survey.findings).toEqual([])
  })

  it('distinguishes open, refused, dropped and silent ports', async () => {
    const survey = await surveyWith({ 587: 'black-hole', 2525: 'refuse', 25: 'silent' })
    expect(summaryOf(survey)).toEqual([
      '587 starttls connect-timeout',
      '2525 starttls connect-refused',
      '465 implicit',
      '25 starttls greeting-timeout',
    ])
    expect(survey).toMatchObject({ ok: true, recommended: { port: 465, security: 'implicit' } })
    expect(survey.findings.map(({ code }) => code)).toEqual(['port-465-legacy'])
  })

  it('reports each port as soon as it was examined', async () => {
    const seen: string[] = []
    const survey = await surveyWith({ 2525: 'refuse' }, {}, {
      onProgress: ({ endpoint: { port }, isLogin, report }) => seen.push(`${port}${isLogin ? ' login' : ''} ${report ? (report.failure?.code ?? 'ok') : 'starts'}`),
    })
    expect(seen.slice(0, 4)).toEqual(['587 starts', '2525 starts', '465 starts', '25 starts'])
    expect(seen.slice(4, 8).toSorted()).toEqual(['25 ok', '2525 connect-refused', '465 ok', '587 ok'])
    expect(seen.slice(8)).toEqual(['587 login starts', '587 login ok'])
    expect(survey.ok).toBe(true)
  })

  it('examines all ports concurrently', async () => {
    const greeted: (() => void)[] = []
    // Greets only when all four connections are open.
    const script: Script = async (peer) => {
      await new Promise<void>((resolve) => {
        greeted.push(resolve)
        if (greeted.length === 4) for (const go of greeted) go()
      })
      await upToTls(peer)
      await peer.secure(trusted)
      await peer.hear()
      peer.say('250 x\r\n')
      await peer.gone
    }
    await using server = await serve(script)
    const candidates = [1, 2, 3, 4].map((port) => ({ port, security: 'starttls' as const }))
    const survey = await expectNoLeaks(async () => {
      const survey = await surveyPorts({ host: '127.0.0.1', tls: { ca }, candidates }, { dial: () => open(server.port) })
      await server.quiet()
      return survey
    })
    expect(survey.ports.map(({ ok }) => ok)).toEqual([true, true, true, true])
    expect(server.peers).toHaveLength(4)
  })

  it('resolves the host once', async () => {
    let lookups = 0
    const hook = createHook({ init: (_id, type) => void (lookups += type === 'GETADDRINFOREQWRAP' ? 1 : 0) }).enable()
    const { ports, diagnosis } = await surveyPorts({ host: 'mail.postern.invalid', auth: { user: 'ada', pass: 'x' } }, { env: {} })
    hook.disable()
    expect(ports.map(({ failure }) => failure?.code)).toEqual(Array(4).fill('dns-not-found'))
    expect(diagnosis?.code).toBe('dns-not-found')
    expect(lookups).toBe(1)
  })
})

describe('the login of a survey', () => {
  it('is made once, on the recommended port only', async () => {
    const survey = await surveyWith({ 587: 'refuse' })
    expect(provider.logins).toMatchObject([{ port: 2525, ok: true }])
    expect(survey.ports.map(({ login }) => login)).toEqual([
      { outcome: 'not-tried', reason: 'connect-refused' },
      { outcome: 'accepted', mechanism: 'PLAIN' },
      { outcome: 'not-tried', reason: 'not-requested' },
      { outcome: 'not-tried', reason: 'not-requested' },
    ])
  })

  it('is not repeated on another port if it is refused', async () => {
    const survey = await surveyWith({ 587: 'auth-rejected' })
    expect(provider.logins).toHaveLength(1)
    expect(survey).toMatchObject({ ok: false, recommended: { port: 587 }, diagnosis: { code: 'auth-rejected' } })
    expect(survey.ports[0]).toMatchObject({ ok: false, login: { outcome: 'refused' }, failure: { code: 'auth-rejected' } })
  })

  it('is not repeated on another port if it gets no reply', async () => {
    const survey = await surveyWith({ 587: 'auth-drops' })
    expect(provider.logins).toHaveLength(1)
    expect(survey.ports[0]).toMatchObject({ login: { outcome: 'unknown', reason: 'connection-lost' } })
    expect(survey).toMatchObject({ ok: false, recommended: { port: 587 }, diagnosis: { code: 'connection-lost' } })
  })

  it.each<[what: string, settings: Partial<SmtpSettings>, options: SurveyOptions]>([
    ['with `login: false`', {}, { login: false }],
    ['without credentials', { auth: undefined }, {}],
  ])('%s is not made', async (_what, settings, options) => {
    const survey = await surveyWith({}, settings, options)
    expect(provider.logins).toEqual([])
    expect(survey).toMatchObject({ ok: true, recommended: { port: 587 } })
  })

  it('is made on a port that offers logins', async () => {
    const survey = await surveyWith({ 587: 'auth-not-offered' })
    expect(survey.recommended?.port).toBe(2525)
    expect(survey.ports[0]?.failure?.code).toBe('auth-not-offered')
    expect(provider.logins).toHaveLength(1)
  })

  it.each(['no-starttls', 'starttls-refused', 'starttls-injection', 'bad-certificate', 'certificate-name', 'plain-implicit'] as const)(
    'is not made if every port has the fault "%s"',
    async (fault) => {
      const survey = await surveyWith({ 587: fault, 2525: fault, 25: fault, 465: 'refuse' })
      expect(provider.logins).toEqual([])
      expect(survey.ok).toBe(false)
      expect(survey).not.toHaveProperty('recommended')
    },
  )
})

describe('the recommendation', () => {
  it.each<[port: number | undefined, policy: Policy, faults: Partial<Record<25 | 465 | 587 | 2525, Fault>>]>([
    [465, { implicitTls: 'first' }, {}],
    [2525, { implicitTls: 'never' }, { 587: 'refuse' }],
    [undefined, { implicitTls: 'never' }, { 587: 'refuse', 2525: 'refuse' }],
    [undefined, {}, { 587: 'refuse', 2525: 'refuse', 465: 'refuse' }],
    [25, { allowPort25: true }, { 587: 'refuse', 2525: 'refuse', 465: 'refuse' }],
  ])('is %s under the policy %j and with %j', async (port, policy, faults) => {
    const survey = await surveyWith(faults, { policy })
    expect(survey.recommended?.port).toBe(port)
    expect(new Set(survey.ports.map(({ endpoint }) => endpoint.port))).toEqual(new Set([587, 2525, 465, 25]))
  })

  it('corrects the security of the port in the settings', async () => {
    const survey = await surveyWith({}, { port: 587, security: 'implicit' })
    expect(summaryOf(survey)).toEqual([
      '587 starttls',
      '2525 starttls',
      '465 implicit',
      '587 implicit starttls-expected',
      '25 starttls',
    ])
    expect(survey.recommended).toMatchObject({ port: 587, security: 'starttls' })
    expect(survey.findings.map(({ code }) => code)).toEqual(['security-mismatch'])
  })

  it.each<[port: number, faults: Partial<Record<25 | 465 | 587 | 2525, Fault>>]>([
    [465, {}],
    [587, { 465: 'refuse' }],
  ])('is %i with %j if the settings have implicit TLS', async (port, faults) => {
    const survey = await surveyWith(faults, { security: 'implicit' })
    expect(survey.recommended?.port).toBe(port)
  })

  it('is encrypted even if the settings are not, and the login is made there only', async () => {
    provider = await startProvider({ faults: { 587: 'no-starttls' } })
    const settings = { host: 'mail.example.com', security: 'none', auth: provider.auth, tls: { ca: provider.ca, servername: 'localhost' } } as const
    const survey = await surveyPorts(settings, { ...brief, dial })
    expect(survey.recommended).toMatchObject({ port: 2525, security: 'starttls' })
    expect(survey.findings[0]).toMatchObject({ code: 'cleartext-auth', severity: 'error' })
    expect(provider.logins).toMatchObject([{ port: 2525, secure: true }])
  })

  it('is never 25 unless the policy allows it, even if the settings have it', async () => {
    const survey = await surveyWith({ 587: 'refuse', 2525: 'refuse', 465: 'refuse' }, { port: 25 })
    expect(survey.ports.find(({ endpoint }) => endpoint.port === 25)?.ok).toBe(true)
    expect(survey).not.toHaveProperty('recommended')
    expect(survey.diagnosis?.code).toBe('nothing-listens')
    expect(provider.logins).toEqual([])
    expect(survey.findings.map(({ code }) => code)).toEqual(['port-25-submission'])
  })

  it('keeps the credentials and the other settings', async () => {
    provider = await startProvider()
    const settings = { ...provider.settings, clientName: 'app.example.com' }
    const { recommended } = await surveyPorts(settings, brief)
    const { candidates, ...rest } = settings
    expect(recommended).toEqual({ ...rest, port: provider.ports[587], security: 'starttls' })
    expect(recommended?.auth).toMatchObject({ pass: provider.auth.pass })
    expect(candidates).toHaveLength(3)
    expect(parseSettings(recommended)).toEqual(recommended)
  })
})

describe('a network that blocks some of the ports', () => {
  it.each<[platform: string | undefined, faults: Partial<Record<25 | 465 | 587 | 2525, Fault>>]>([
    ['Hetzner', { 25: 'black-hole', 465: 'black-hole' }],
    ['Hetzner', { 25: 'black-hole', 465: 'black-hole', 2525: 'refuse' }],
    ['DigitalOcean', { 25: 'black-hole', 465: 'black-hole', 587: 'black-hole' }],
    [undefined, { 25: 'black-hole' }],
    [undefined, { 465: 'black-hole' }],
    [undefined, { 25: 'refuse', 465: 'refuse' }],
  ])('is recognised as %s: %j', async (platform, faults) => {
    const survey = await surveyWith(faults)
    const finding = survey.findings.find(({ code }) => code === 'ports-blocked')
    expect(survey.ok).toBe(true)
    expect(finding?.message.match(/what (\w+) does/)?.[1]).toBe(platform)
  })

  it('gets a finding with the ports that answer and those that do not', async () => {
    const survey = await surveyWith({ 25: 'black-hole', 465: 'black-hole' })
    const [finding] = survey.findings
    expect(finding).toMatchObject({ severity: 'info', references: ['docs/platforms.md'] })
    expect(finding!.message).toMatch(/ answers on 587, 2525, but not on 25, 465: that is what Hetzner does by default\.$/)
  })
})

describe('if no port responds', () => {
  it.each([
    [{}, /HTTP API of the provider/],
    [{ RENDER: 'true' }, /run on Render: free services can reach only port 2525/],
  ])('the diagnosis is network-blocks-smtp, with the hosting platform: %j', async (env, advice) => {
    const survey = await surveyWith(silence, {}, { env })
    expect(survey).toMatchObject({ ok: false, diagnosis: { code: 'network-blocks-smtp', advice: expect.stringMatching(advice) } })
  })

  it('lists the ports that refuse and those that do not answer', async () => {
    const survey = await surveyWith({ 587: 'black-hole', 2525: 'refuse', 465: 'black-hole', 25: 'black-hole' })
    const { code, message, advice } = survey.diagnosis!
    expect(code).toBe('network-blocks-smtp')
    expect(message).toMatch(/refuses connections on 2525 and does not answer on 465, 587\.$/)
    expect(advice).toMatch(/; DigitalOcean does that by default: allow outbound connections to 465, 587, /)
  })

  it('a port that Postern would not use does not change the diagnosis', async () => {
    const survey = await surveyWith({ ...silence, 25: 'refuse' })
    expect(survey.ports.find(({ endpoint }) => endpoint.port === 25)?.failure?.code).toBe('connect-refused')
    expect(survey.diagnosis?.code).toBe('network-blocks-smtp')
  })

  it('a deadline shorter than the budgets leads to the same diagnosis', async () => {
    const survey = await surveyWith(silence, {}, { deadline: 600, budgets: {} })
    expect(summaryOf(survey)).toContain('587 starttls connect-timeout')
    expect(survey.diagnosis?.code).toBe('network-blocks-smtp')
  })

  it('German is supported', async () => {
    const survey = await surveyWith(silence, {}, { locale: 'de' })
    expect(survey.diagnosis?.message).toMatch(/wurde gefunden/)
  })
})

describe('surveyPorts()', () => {
  it('returns a report if it is aborted, before the start or later', async () => {
    const survey = await surveyWith({}, {}, { signal: AbortSignal.abort() })
    expect(survey).toMatchObject({ ok: false, diagnosis: { code: 'aborted' } })
    expect(provider.connections).toEqual({ 25: 0, 465: 0, 587: 0, 2525: 0 })

    const caller = new AbortController()
    await using server = await serve((peer) => {
      caller.abort()
      return peer.gone
    })
    const candidates = [{ port: server.port, security: 'starttls' as const }]
    const cut = await expectNoLeaks(() => surveyPorts({ host: '127.0.0.1', candidates }, { signal: caller.signal }))
    expect(cut.ports[0]?.failure?.code).toBe('aborted')
  })

  it('ends in time with servers that flood or reply byte by byte', async () => {
    const faults = { 587: 'greeting-flood', 2525: 'ehlo-endless', 465: 'drip', 25: 'bad-banner' } as const
    const survey = await surveyWith(faults, {}, { deadline: 10_000, budgets: { reply: 5_000 } })
    expect(summaryOf(survey)).toEqual(['587 starttls reply-too-large', '2525 starttls reply-too-large', '465 implicit', '25 starttls not-smtp'])
  })

  it('rejects for an unknown option and for an invalid value', async () => {
    await expect(surveyPorts({ host: 'mail.example.com', prot: 587 } as SmtpSettings)).rejects.toBeInstanceOf(SettingsError)
    await expect(surveyPorts({ host: 'mail.example.com', port: 70_000 })).rejects.toBeInstanceOf(SettingsError)
  })
})

async function surveyedPorts(settings: SmtpSettings): Promise<number[]> {
  const { ports } = await surveyPorts(settings, { dial: noConnection })
  return ports.map(({ endpoint }) => endpoint.port)
}

it('emits no process warning with many ports', async () => {
  const warnings: Error[] = []
  const onWarning = (warning: Error) => void warnings.push(warning)
  process.on('warning', onWarning)
  await using server = await serve((peer) => peer.gone)
  const candidates = Array.from({ length: 16 }, (_, index) => ({ port: index + 1, security: 'starttls' as const }))
  const { ports } = await surveyPorts({ host: '127.0.0.1', candidates }, { ...brief, dial: () => open(server.port) })
  // Process warnings are emitted in a later turn of the event loop.
  await new Promise((resolve) => setImmediate(resolve))
  process.off('warning', onWarning)
  expect(ports).toHaveLength(16)
  expect(warnings).toEqual([])
})

describe('the ports of a survey', () => {
  it('include those of the provider, best first, and the four standard ones', async () => {
    expect(await surveyedPorts({ host: 'email-smtp.eu-west-1.amazonaws.com' })).toEqual([587, 2587, 465, 2465, 25, 2525])
    expect(await surveyedPorts({ host: 'smtp.gmail.com' })).toEqual([587, 465, 2525, 25])
  })

  it('are only the candidates, if there are any', async () => {
    expect(await surveyedPorts({ host: 'mail.example.com', candidates: [{ port: 2526, security: 'starttls' }] })).toEqual([2526])
  })

  it('have a finding if the provider does not offer the port that is set', async () => {
    const { findings } = await surveyPorts({ host: 'smtp.gmail.com', port: 2525 }, { dial: noConnection })
    expect(findings.map(({ code }) => code)).toContain('provider-port')
  })
})

it('prints no secret, even if the server echoes it', async () => {
  const auth = { user: 'ada@example.com', pass: 'hunter2-kumquat' }
  await using server = await serve(async (peer) => {
    peer.say(`220 mail ${auth.pass}\r\n`)
    await peer.hear()
    peer.say(`250-x\r\n250-X${auth.pass}\r\n250 STARTTLS\r\n`)
    await peer.hear()
    peer.say('220 go\r\n')
    await peer.secure(trusted)
    await peer.hear()
    peer.say('250-x\r\n250 AUTH PLAIN\r\n')
    if ((await peer.hear()).startsWith('AUTH')) peer.say(`535 5.7.8 not ${auth.pass}\r\n`)
    await peer.gone
  })
  const candidates = [{ port: server.port, security: 'starttls' as const }]
  for (const settings of [{ host: '127.0.0.1', auth, candidates, tls: { ca } }, parseSettings({ host: '127.0.0.1', auth, candidates, tls: { ca } })]) {
    const survey = await surveyPorts(settings)
    expect(survey.recommended?.auth).toMatchObject(auth)
    expect(survey.ports[0]?.login.outcome).toBe('refused')
    for (const printed of [JSON.stringify(survey), inspect(survey, { depth: Infinity })]) {
      expect(printed.toLowerCase()).not.toContain(auth.pass)
      expect(printed).toContain('[hidden]')
    }
  }
})

it('prints as JSON', async () => {
  const survey = await surveyWith({ 587: 'refuse', 465: 'refuse', 25: 'certificate-expired' }, { policy: { implicitTls: 'never' } })
  const printed = JSON.stringify({ ...survey, ports: survey.ports.slice(1) }, (key, value: unknown) => {
    if (key === 'ms' || key === 'stages' || key === 'keywords') return undefined
    if (key === 'ca' || key === 'pem') return '(PEM)'
    return value
  }, 2)
  expect(
    printed
      .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '(date)')
      .replaceAll(/(?:[0-9A-F]{2}:){31}[0-9A-F]{2}/g, '(fingerprint)')
      .replaceAll(/sha256:[0-9a-f]{64}/g, '(fingerprint to pin)')
      .replaceAll(/Test CA [\w-]+/g, 'Test CA'),
  ).toMatchInlineSnapshot(`
    "{
      "ok": true,
      "ports": [
        {
          "endpoint": {
            "host": "127.0.0.1",
            "port": 2525,
            "security": "starttls"
          },
          "ok": true,
          "address": "127.0.0.1",
          "startedAt": "(date)",
          "greeting": "mail.postern.test ESMTP",
          "untrustedCapabilities": {
            "size": 26214400,
            "auth": [],
            "startTls": true,
            "pipelining": true,
            "eightBitMime": true,
            "smtpUtf8": true,
            "dsn": false,
            "chunking": false,
            "requireTls": false,
            "enhancedStatusCodes": true
          },
          "capabilities": {
            "size": 26214400,
            "auth": [
              "PLAIN",
              "LOGIN",
              "XOAUTH2"
            ],
            "startTls": false,
            "pipelining": true,
            "eightBitMime": true,
            "smtpUtf8": true,
            "dsn": false,
            "chunking": false,
            "requireTls": false,
            "enhancedStatusCodes": true
          },
          "tls": {
            "protocol": "TLSv1.3",
            "cipher": "TLS_AES_256_GCM_SHA384",
            "verified": true,
            "certificate": {
              "names": [
                "localhost",
                "127.0.0.1",
                "0:0:0:0:0:0:0:1"
              ],
              "issuer": "Test CA",
              "validFrom": "(date)",
              "validTo": "(date)",
              "daysLeft": 29,
              "fingerprint256": "(fingerprint)",
              "fingerprint": "(fingerprint to pin)",
              "pem": "(PEM)",
              "chain": [
                {
                  "names": [
                    "Test CA"
                  ],
                  "issuer": "Test CA",
                  "validFrom": "(date)",
                  "validTo": "(date)",
                  "daysLeft": 29,
                  "fingerprint256": "(fingerprint)",
                  "fingerprint": "(fingerprint to pin)",
                  "pem": "(PEM)"
                }
              ]
            }
          },
          "login": {
            "outcome": "accepted",
            "mechanism": "PLAIN"
          },
          "findings": []
        },
        {
          "endpoint": {
            "host": "127.0.0.1",
            "port": 465,
            "security": "implicit"
          },
          "ok": false,
          "startedAt": "(date)",
          "login": {
            "outcome": "not-tried",
            "reason": "connect-refused"
          },
          "failure": {
            "code": "connect-refused",
            "stage": "connect",
            "message": "The server 127.0.0.1:465 refused the connection.",
            "advice": "Check which ports the provider offers.",
            "systemCode": "ECONNREFUSED"
          },
          "findings": [
            {
              "code": "port-465-legacy",
              "severity": "info",
              "message": "Port 465 with implicit TLS is often described as legacy, but RFC 8314 registered it again in 2018 and prefers it to STARTTLS.",
              "advice": "To also try 587, leave the port out and let Postern choose.",
              "references": [
                "RFC 8314 §3.3",
                "RFC 8314 §7.3"
              ]
            }
          ]
        },
        {
          "endpoint": {
            "host": "127.0.0.1",
            "port": 25,
            "security": "starttls"
          },
          "ok": false,
          "address": "127.0.0.1",
          "startedAt": "(date)",
          "greeting": "mail.postern.test ESMTP",
          "untrustedCapabilities": {
            "size": 26214400,
            "auth": [],
            "startTls": true,
            "pipelining": true,
            "eightBitMime": true,
            "smtpUtf8": true,
            "dsn": false,
            "chunking": false,
            "requireTls": false,
            "enhancedStatusCodes": true
          },
          "tls": {
            "protocol": "TLSv1.3",
            "cipher": "TLS_AES_256_GCM_SHA384",
            "verified": false,
            "certificate": {
              "names": [
                "localhost",
                "127.0.0.1",
                "0:0:0:0:0:0:0:1"
              ],
              "issuer": "Test CA",
              "validFrom": "(date)",
              "validTo": "(date)",
              "daysLeft": -2,
              "fingerprint256": "(fingerprint)",
              "fingerprint": "(fingerprint to pin)",
              "pem": "(PEM)",
              "chain": [
                {
                  "names": [
                    "Test CA"
                  ],
                  "issuer": "Test CA",
                  "validFrom": "(date)",
                  "validTo": "(date)",
                  "daysLeft": 29,
                  "fingerprint256": "(fingerprint)",
                  "fingerprint": "(fingerprint to pin)",
                  "pem": "(PEM)"
                }
              ]
            },
            "unverified": "certificate-expired"
          },
          "login": {
            "outcome": "not-tried",
            "reason": "certificate-expired"
          },
          "failure": {
            "code": "certificate-expired",
            "stage": "tls",
            "message": "The certificate of the server 127.0.0.1:25 has expired.",
            "advice": "The server needs a new certificate, unless the clock of this machine is wrong.",
            "systemCode": "CERT_HAS_EXPIRED"
          },
          "findings": [
            {
              "code": "port-25-submission",
              "severity": "info",
              "message": "Port 25 is for mail from server to server; most clouds and internet providers block it.",
              "advice": "Use port 587 with STARTTLS, or leave the port out and let Postern choose.",
              "references": [
                "RFC 6409 §3.1"
              ]
            }
          ]
        }
      ],
      "findings": [],
      "recommended": {
        "host": "127.0.0.1",
        "auth": {
          "user": "app@postern.test",
          "pass": "[hidden]"
        },
        "tls": {
          "ca": "(PEM)"
        },
        "policy": {
          "implicitTls": "never"
        },
        "port": 2525,
        "security": "starttls"
      }
    }"
  `)
})
