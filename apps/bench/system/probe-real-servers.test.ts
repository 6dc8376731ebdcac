import { X509Certificate } from 'node:crypto'
import { probe, type ProbeReport } from '@postern/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type MailServer, mailServers, type RunningServer } from '../src/servers/index.ts'
import { ports } from '../src/servers/ports.ts'
import { ensureSwaks, swaks, type SwaksReport } from '../src/servers/swaks.ts'
import { openTap } from '../src/servers/tap.ts'


beforeAll(ensureSwaks)

const servers: MailServer[] = []
for (const server of mailServers) if ((await server.isAvailable?.()) ?? true) servers.push(server)

it('has every server but at most one, whose Debian release may have left the mirrors', () => {
  expect(servers.length).toBeGreaterThanOrEqual(mailServers.length - 1)
})

describe.each(servers)('$name, probed', (server) => {
  testServer(server)
})

function testServer({ facts, start }: MailServer): void {
  let server: RunningServer

  beforeAll(async () => {
    server = await start()
  })
  afterAll(() => server?.close())

  const usable = ports.filter(({ security }) => security === 'implicit' || facts.hasStartTls)
  const inClear = ports.filter(({ security }) => security === 'starttls')

  describe.each(usable)('on $port, $security', ({ port, security }) => {
    const endpoint = () => ({ host: server.host, port, security })

    it('reports the server as configured, and as swaks does', async () => {
      const report = await probe(endpoint(), { auth: server.auth, tls: { ca: server.ca } })
      expect(report.failure).toBeUndefined()
      expect(report.ok).toBe(true)
      expect(stagesOf(report)).toEqual([...stages[security], 'auth'])
      expect(report.greeting).toMatch(facts.greeting)
      expect(Object.keys(report.capabilities?.keywords ?? {}).toSorted()).toEqual(facts.capabilities.toSorted())
      expect(report.capabilities?.auth).toEqual(facts.mechanisms)
      expect(report.tls).toMatchObject({ verified: true, certificate: { names: [server.hostname, server.host] } })
      expect(report.login).toEqual({ outcome: 'accepted', mechanism: expect.toBeOneOf([...facts.mechanisms]) })

      const seen = await swaks(endpoint(), server.auth)
      expect(report.capabilities).toEqual(expectedCapabilities(seen.secured))
      expect(report.untrustedCapabilities).toEqual(security === 'starttls' ? expectedCapabilities(seen.clear) : undefined)
      expect(report.tls).toMatchObject({ ...seen.tls })
      expect(seen).toMatchObject({ tls: { protocol: expect.stringMatching(/^TLSv1\.[23]$/) }, login: 235 })
    })

    it('tries a wrong password once, and reports the same refusal as swaks', async () => {
      const auth = { ...server.auth, pass: 'wrong' }
      const before = await refusedLogins()
      const report = await probe(endpoint(), { auth, tls: { ca: server.ca } })
      expect(report).toMatchObject({ ok: false, failure: { code: 'auth-rejected', stage: 'auth' } })
      expect(report.login).toMatchObject({ outcome: 'refused', reason: 'auth-rejected' })
      expect(report.capabilities?.auth).toEqual(facts.mechanisms)
      const writes = facts.refusedLogin ? 1 : 0
      await expect.poll(refusedLogins).toBe(before + writes)

      const seen = await swaks(endpoint(), auth)
      expect(seen.login).toBe(535)
      expect(report.failure?.replyCode).toBe(seen.login)
      // Some servers log late: wait, so that the next test starts from this count.
      await expect.poll(refusedLogins).toBe(before + 2 * writes)
    })

    it('reports the certificate and its issuer, as openssl reads them', async () => {
      const { tls } = await probe(endpoint(), { tls: { ca: server.ca } })
      const authority = new X509Certificate(server.ca)
      const { chain, ...certificate } = tls!.certificate
      expect(chain).toMatchObject([{ fingerprint256: authority.fingerprint256, validTo: new Date(authority.validTo) }])
      expect(certificate.issuer).toBe(chain[0]?.names[0])
      const days = (certificate.validTo.getTime() - Date.now()) / (24 * 3_600_000)
      expect(Math.abs(certificate.daysLeft - days)).toBeLessThanOrEqual(1)
    })

    it('sends no credentials when the certificate is not trusted', async () => {
      const before = await refusedLogins()
      const report = await probe(endpoint(), { auth: { ...server.auth, pass: 'wrong' } })
      expect(report).toMatchObject({ ok: false, failure: { code: 'certificate-untrusted', stage: 'tls' } })
      expect(stagesOf(report)).not.toContain('auth')
      expect(report.login).toEqual({ outcome: 'not-tried', reason: 'certificate-untrusted' })
      expect(report.tls).toMatchObject({
        verified: false,
        unverified: 'certificate-untrusted',
        certificate: { names: [server.hostname, server.host] },
      })
      expect(await refusedLogins()).toBe(before)
    })
  })

  describe.each(inClear)('on $port, before TLS', ({ port, security }) => {
    it('sends only EHLO and STARTTLS in plaintext', async () => {
      const tap = await openTap(server.host, port)
      const tls = { ca: server.ca, servername: server.hostname }
      const report = await probe({ host: tap.host, port: tap.port, security }, { auth: server.auth, tls })
      await tap.close()
      const [clear, ...secured] = tap.sent().split(handshake)
      expect(clear).toMatch(facts.hasStartTls ? /^EHLO \S+\r\nSTARTTLS\r\n$/ : /^EHLO \S+\r\n$/)
      expect(secured.length > 0).toBe(facts.hasStartTls)
      expect(report.failure?.code).toBe(facts.hasStartTls ? undefined : 'starttls-not-offered')
    })

    it('has the same EHLO keywords before TLS as swaks reports', async () => {
      const { clear } = await swaks({ host: server.host, port, security }, server.auth)
      expect('AUTH' in clear!).toBe(facts.offersAuthInClear)
      expect('STARTTLS' in clear!).toBe(facts.hasStartTls)
    })

    it('reports starttls-expected when probed with implicit TLS', async () => {
      const report = await probe({ host: server.host, port, security: 'implicit' }, { auth: server.auth })
      expect(report).toMatchObject({ ok: false, failure: { code: 'starttls-expected', stage: 'tls' } })
      expect(report.greeting).toBeUndefined()
    })
  })

  async function refusedLogins(): Promise<number> {
    return facts.refusedLogin ? [...(await server.log()).matchAll(facts.refusedLogin)].length : 0
  }
}

/** The first bytes of a TLS handshake record (RFC 8446 §5.1). */
const handshake = '\u0016\u0003'

/** The stages before the login. */
const stages = {
  starttls: ['dns', 'connect', 'greeting', 'ehlo', 'starttls', 'tls', 'ehlo'],
  implicit: ['dns', 'connect', 'tls', 'greeting', 'ehlo'],
}

function stagesOf(report: ProbeReport): readonly string[] {
  return report.stages.map(({ stage }) => stage)
}

/** The capabilities expected for keywords that swaks printed. Keywords are case-insensitive (RFC 5321 §2.4). */
function expectedCapabilities(seen: SwaksReport['secured']): unknown {
  if (!seen) return undefined
  const keywords = Object.fromEntries(Object.entries(seen).map(([keyword, parameters]) => [keyword.toUpperCase(), parameters]))
  const size = Number(keywords.SIZE?.[0])
  return expect.objectContaining({
    size: size > 0 ? size : undefined,
    auth: (keywords.AUTH ?? []).map((mechanism) => mechanism.toUpperCase()),
    startTls: 'STARTTLS' in keywords,
    pipelining: 'PIPELINING' in keywords,
    eightBitMime: '8BITMIME' in keywords,
    smtpUtf8: 'SMTPUTF8' in keywords,
    dsn: 'DSN' in keywords,
    chunking: 'CHUNKING' in keywords,
    requireTls: 'REQUIRETLS' in keywords,
    enhancedStatusCodes: 'ENHANCEDSTATUSCODES' in keywords,
    limits: undefined,
    keywords,
  })
}
