import type { SecureContextOptions } from 'node:tls'
import { type Provider, startProvider } from '@postern/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ca, certificates, chainOf, expiringIn, trusted } from '../../test/certificates.ts'
import { makeCertificate } from '../../../testing/src/certificates.ts'
import { ManualClock } from '../../test/manual-clock.ts'
import { type Peer, type Script, serve, upToTls } from '../../test/scripted-server.ts'
import type { Security } from '../endpoint.ts'
import type { Dial } from '../smtp/dial.ts'
import { probe, type ProbeOptions } from './probe.ts'
import type { ProbeReport } from './report.ts'

const host = '127.0.0.1'
const auth = { user: 'ada@example.com', pass: 'hunter2' }
const DAY = 24 * 3_600_000

let provider: Provider
beforeAll(async () => {
  provider = await startProvider()
})
afterAll(() => provider.close())

/** A server that completes TLS with this certificate, sends an offer, then runs another script. */
const withCertificate = (context: SecureContextOptions, offer = '250-x\r\n250 SIZE\r\n', then: Script = () => {}): Script => async (peer) => {
  await upToTls(peer)
  await peer.secure(context)
  await peer.hear()
  peer.say(offer)
  await then(peer)
  await peer.gone
}

async function reportOn(script: Script, options: ProbeOptions = {}): Promise<ProbeReport & { readonly peers: readonly Peer[] }> {
  await using server = await serve(script)
  const report = await probe(
    { host, port: server.port, security: 'starttls' },
    { tls: { ca }, budgets: { greeting: 2_000, tls: 2_000, reply: 400 }, ...options },
  )
  await server.quiet()
  return { ...report, peers: server.peers }
}

describe('capabilities', () => {
  it('are reported separately from before TLS (untrusted) and under TLS', async () => {
    const { capabilities, untrustedCapabilities } = await reportOn(
      withCertificate(trusted, '250-x\r\n250-SIZE 1000\r\n250-BURL imap\r\n250-LIMITS RCPTMAX=50\r\n250 AUTH Plain\r\n'),
    )
    expect(untrustedCapabilities).toMatchObject({ startTls: true, auth: ['PLAIN', 'LOGIN'], size: undefined })
    expect(capabilities).toMatchObject({ startTls: false, auth: ['PLAIN'], size: 1000, limits: { rcptMax: 50 } })
    expect(capabilities?.keywords).toEqual({ SIZE: ['1000'], BURL: ['imap'], LIMITS: ['RCPTMAX=50'], AUTH: ['Plain'] })
  })

  it('allow a login if the mechanism is offered in lower case', async () => {
    const { login } = await reportOn(
      withCertificate(trusted, '250-x\r\n250 auth plain\r\n', async (peer) => {
        await peer.hear()
        peer.say('235 2.7.0 ok\r\n')
      }),
      { auth },
    )
    expect(login).toEqual({ outcome: 'accepted', mechanism: 'PLAIN' })
  })

  it('from before TLS are reported if STARTTLS is missing, and absent with implicit TLS', async () => {
    const { failure, untrustedCapabilities, capabilities } = await reportOn(async (peer) => {
      peer.say('220 x\r\n')
      await peer.hear()
      peer.say('250-x\r\n250 AUTH PLAIN\r\n')
      await peer.gone
    })
    expect(failure?.code).toBe('starttls-not-offered')
    expect(untrustedCapabilities?.auth).toEqual(['PLAIN'])
    expect(capabilities).toBeUndefined()
    const implicit = await probe({ host, port: provider.ports[465], security: 'implicit' }, { tls: { ca: provider.ca } })
    expect(implicit.untrustedCapabilities).toBeUndefined()
    expect(implicit.capabilities?.auth).toContain('PLAIN')
  })

  it('are limited in size, and contain no direction override characters', async () => {
    const line = `250-X${'\u202e'.repeat(2)} ${'a '.repeat(4_000)}\r\n`
    const { capabilities } = await reportOn(withCertificate(trusted, `250-x\r\n${line.repeat(3)}250 ${'K'.repeat(5_000)}\r\n`))
    expect(Object.keys(capabilities?.keywords ?? {})).toEqual(['X??', 'K'.repeat(1_000)])
    expect(JSON.stringify(capabilities).length).toBeLessThan(10_000)
  })
})

describe('the certificate', () => {
  it('is reported with its self-signed authority', async () => {
    const { tls } = await reportOn(withCertificate(trusted))
    expect(tls).toMatchObject({ protocol: 'TLSv1.3', cipher: expect.stringMatching(/^TLS_/), verified: true })
    expect(tls).not.toHaveProperty('unverified')
    const { chain, ...certificate } = tls!.certificate
    expect(certificate).toEqual({
      pem: expect.stringMatching(/^-----BEGIN CERTIFICATE-----\n/),
      fingerprint: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
      names: ['localhost', '127.0.0.1', '0:0:0:0:0:0:0:1'],
      issuer: expect.stringMatching(/^Test CA /),
      validFrom: expect.any(Date),
      validTo: expect.any(Date),
      daysLeft: 29,
      fingerprint256: expect.stringMatching(/^(?:[0-9A-F]{2}:){31}[0-9A-F]{2}$/),
    })
    expect(chain).toEqual([expect.objectContaining({ names: [certificate.issuer], issuer: certificate.issuer, daysLeft: 29 })])
  })

  it('is reported with the whole chain, the direct issuer first', async () => {
    const { ca, context } = await chainOf(4)
    const { ok, tls } = await reportOn(withCertificate(context), { tls: { ca } })
    expect(ok).toBe(true)
    expect(tls?.certificate.chain).toMatchObject([
      { names: ['Authority 1'], issuer: 'Authority 2' },
      { names: ['Authority 2'], issuer: 'Root' },
      { names: ['Root'], issuer: 'Root' },
    ])
  })

  it('is reported with at most ten links of the chain', async () => {
    const { ca, context } = await chainOf(16)
    const { tls } = await reportOn(withCertificate(context), { tls: { ca } })
    expect(tls?.certificate.chain).toHaveLength(9)
  })

  it.each([
    ['untrusted', 'certificate-untrusted', {}],
    ['expired', 'certificate-expired', { daysLeft: -2 }],
    ['not-yet-valid', 'certificate-not-yet-valid', { daysLeft: 29 }],
    ['other-name', 'certificate-name', { names: ['mail.example.net'] }],
  ] as const)('that is %s is reported with the reason, and nothing was sent under TLS', async (kind, code, facts) => {
    const { failure, tls, login, capabilities, findings, peers } = await reportOn(withCertificate(await certificates.issue(kind)), { auth })
    expect(failure).toMatchObject({ code, stage: 'tls' })
    expect(tls).toMatchObject({ protocol: 'TLSv1.3', verified: false, unverified: code, certificate: facts })
    expect(login).toEqual({ outcome: 'not-tried', reason: code })
    expect(capabilities).toBeUndefined()
    expect(findings.map(({ code }) => code)).not.toContain('certificate-expiring')
    expect(peers.map(({ secret }) => secret)).toEqual([''])
  })

  it('that is self-signed has no chain', async () => {
    const { tls } = await reportOn(withCertificate(await certificates.issue('untrusted')))
    expect(tls?.certificate).toMatchObject({ names: expect.arrayContaining(['localhost']), issuer: 'localhost', chain: [] })
  })

  it('that is not verified is reported with the reason why verification would fail', async () => {
    for (const [kind, code] of [['other-name', 'certificate-name'], ['untrusted', 'certificate-untrusted']] as const) {
      const { ok, tls, findings } = await reportOn(withCertificate(await certificates.issue(kind)), { tls: { ca, rejectUnauthorized: false } })
      expect(ok).toBe(true)
      expect(tls).toMatchObject({ verified: false, unverified: code })
      expect(findings.map(({ code }) => code)).toContain('certificate-unchecked')
    }
    const { tls } = await reportOn(withCertificate(trusted), { tls: { ca, rejectUnauthorized: false } })
    expect(tls).toMatchObject({ verified: true })
    expect(tls).not.toHaveProperty('unverified')
  })

  it('is absent if the handshake fails before the server sends one', async () => {
    const { failure, tls } = await reportOn(async (peer) => {
      await upToTls(peer)
      await peer.hearAnything()
      peer.say('250 no\r\n')
      await peer.gone
    })
    expect(failure?.stage).toBe('tls')
    expect(tls).toBeUndefined()
  })

  it('causes a finding if it expires within 14 days of the clock', async () => {
    const clock = new ManualClock()
    clock.time = Date.now()
    const context = await expiringIn(20)
    const seen = async () => {
      const { tls, findings } = await reportOn(withCertificate(context), { clock, tls: { rejectUnauthorized: false } })
      return [tls?.certificate.daysLeft, findings.some(({ code }) => code === 'certificate-expiring')]
    }
    expect(await seen()).toEqual([19, false])
    clock.advance(5 * DAY)
    expect(await seen()).toEqual([14, false])
    clock.advance(DAY)
    expect(await seen()).toEqual([13, true])
    clock.advance(30 * DAY)
    expect(await seen()).toEqual([-17, true])
  })
})

const answered = (reply: string): Script => async (peer) => {
  await peer.hear()
  peer.say(reply)
}

describe('the login', () => {
  const offer = '250-x\r\n250 AUTH PLAIN\r\n'

  it.each([
    ['235 2.7.0 ok\r\n', { outcome: 'accepted', mechanism: 'PLAIN' }],
    ['535 5.7.8 no\r\n', { outcome: 'refused', mechanism: 'PLAIN', reason: 'auth-rejected' }],
    ['454 4.7.0 later\r\n', { outcome: 'refused', mechanism: 'PLAIN', reason: 'auth-temporary' }],
    ['250 sure\r\n', { outcome: 'unknown', mechanism: 'PLAIN', reason: 'protocol-error' }],
    ['', { outcome: 'unknown', mechanism: 'PLAIN', reason: 'reply-timeout' }],
  ])('has the result of the reply %j', async (reply, login) => {
    expect((await reportOn(withCertificate(trusted, offer, answered(reply)), { auth })).login).toEqual(login)
  })

  it.each<[what: string, offer: string, options: ProbeOptions, reason: string]>([
    ['none was requested', offer, {}, 'not-requested'],
    ['`login` is false', offer, { auth, login: false }, 'not-requested'],
    ['none is offered', '250-x\r\n250 SIZE\r\n', { auth }, 'auth-not-offered'],
    ['none is offered, and `login` is false', '250-x\r\n250 SIZE\r\n', { auth, login: false }, 'auth-not-offered'],
    ['no offered mechanism fits', '250-x\r\n250 AUTH XOAUTH2\r\n', { auth, login: false }, 'auth-mechanism'],
  ])('is not tried when %s', async (_what, offer, options, reason) => {
    const { login, ok, peers } = await reportOn(withCertificate(trusted, offer), options)
    expect(login).toEqual({ outcome: 'not-tried', reason })
    expect(ok).toBe(reason === 'not-requested')
    expect(peers[0]?.secret).toMatch(/^EHLO \S+\r\n(?:QUIT\r\n)?$/)
  })
})

it('hides the secret of a login wherever the server echoes it', async () => {
  const secret = Buffer.from(`\0${auth.user}\0${auth.pass}`).toString('base64')
  const { peers, ...report } = await reportOn(async (peer) => {
    peer.say(`220 mail ${auth.pass} ${secret}\r\n`)
    await peer.hear()
    peer.say(`250-x\r\n250-X${auth.pass} ${auth.pass}\r\n250 STARTTLS ${secret}\r\n`)
    await peer.hear()
    peer.say('220 go\r\n')
    await peer.secure(trusted)
    await peer.hear()
    peer.say(`250-x\r\n250-${auth.pass} a${auth.pass}b\r\n250 AUTH PLAIN ${secret}\r\n`)
    await peer.gone
  }, { auth, login: false })
  expect(report).toMatchObject({ ok: true, greeting: 'mail [hidden] [hidden]', capabilities: { auth: ['PLAIN', '[HIDDEN]'] } })
  expect(JSON.stringify(report)).not.toMatch(new RegExp(`${auth.pass}|${secret}`, 'i'))
  expect(peers).toHaveLength(1)
})

const noConnection: Dial = () => Promise.reject(new Error('no connection needed'))

/** The findings for an endpoint to which no connection is made. */
async function codes(port: number, security: Security, options: ProbeOptions = {}): Promise<string[]> {
  const { findings } = await probe({ host: 'mail.example.com', port, security }, { dial: noConnection, ...options })
  return findings.map(({ code, severity }) => `${code} ${severity}`)
}

it('hides the secret in a certificate, and in the failure with its names', async () => {
  const context = await makeCertificate({ commonName: auth.pass, names: [`${auth.pass}.example.net`] })
  const { peers, ...report } = await reportOn(withCertificate(context), { auth, tls: { ca: context.cert } })
  expect(peers[0]?.secret).toBe('')
  expect(report.tls).toMatchObject({ unverified: 'certificate-name', certificate: { names: ['[hidden].example.net'], issuer: '[hidden]' } })
  expect(report.failure?.message).toContain('[hidden].example.net')
  expect(JSON.stringify(report)).not.toContain(auth.pass)
})

it('hides the secret among the offered mechanisms', async () => {
  const { failure } = await reportOn(withCertificate(trusted, `250-x\r\n250 AUTH ${auth.pass} XOAUTH2\r\n`), { auth })
  expect(failure).toMatchObject({ code: 'auth-mechanism', message: expect.stringContaining('(it offers [hidden], XOAUTH2)') })
})

it('reports a capability even if the secret equals its keyword', async () => {
  const offer = '250-x\r\n250-PIPELINING\r\n250-SIZE 1000\r\n250 AUTH PLAIN\r\n'
  const { ok, capabilities } = await reportOn(withCertificate(trusted, offer), { auth: { user: 'ada', pass: 'pipelining' }, login: false })
  expect(ok).toBe(true)
  expect(capabilities).toMatchObject({ pipelining: true, size: 1000, auth: ['PLAIN'], keywords: { '[HIDDEN]': [], SIZE: ['1000'] } })
})

describe('findings', () => {
  it.each<[port: number, security: Security, found: string[]]>([
    [587, 'starttls', []],
    [465, 'implicit', ['port-465-legacy info']],
    [25, 'starttls', ['port-25-submission warning']],
    [465, 'starttls', ['security-mismatch error', 'port-465-legacy info']],
    [26, 'starttls', ['port-unknown warning']],
  ])('for port %i with %s', async (port, security, found) => {
    expect(await codes(port, security)).toEqual(found)
  })

  it('cover the login and the TLS options', async () => {
    expect(await codes(587, 'none', { auth, policy: { allowCleartext: 'always' } })).toEqual(['cleartext-auth error', 'cleartext warning'])
    expect(await codes(587, 'starttls', { tls: { rejectUnauthorized: false } })).toEqual(['certificate-unchecked warning'])
  })

  it('use the given language', async () => {
    const { findings, failure } = await probe({ host, port: 25, security: 'starttls' }, { locale: 'de', signal: AbortSignal.abort() })
    expect(findings[0]?.message).toMatch(/Port 25 ist /)
    expect(failure?.message).toBe('Der aufrufende Code hat den Vorgang abgebrochen.')
  })
})
