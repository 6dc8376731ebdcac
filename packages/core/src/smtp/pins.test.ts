import { X509Certificate } from 'node:crypto'
import type { SecureContextOptions } from 'node:tls'
import { makeCertificate } from '@postern/testing/certificates'
import { describe, expect, it } from 'vitest'
import { ca, certificates, chainOf, trusted } from '../../test/certificates.ts'
import { expectNoLeaks } from '../../test/expect-no-leaks.ts'
import { type Script, serve, upToTls } from '../../test/scripted-server.ts'
import { thrownBy } from '../../test/thrown-by.ts'
import type { FailureCode } from '../failure/failure.ts'
import { probe, type ProbeOptions } from '../probe/probe.ts'
import type { ProbeReport } from '../probe/report.ts'
import { formatSettings } from '../settings/format-settings.ts'
import { settingsFromEnv } from '../settings/from-env.ts'
import { parseSettings } from '../settings/parse.ts'
import { SettingsError } from '../settings/settings-error.ts'
import type { TlsSettings } from '../settings/settings.ts'
import { Pins } from './pins.ts'

const host = '127.0.0.1'
const names = ['localhost', host]

const fingerprintOf = (pem: unknown) => `sha256:${new X509Certificate(pem as string).fingerprint256.replaceAll(':', '').toLowerCase()}`
const selfSigned = (name = 'localhost', more: object = {}) => makeCertificate({ commonName: name, names: [name], ...more })
const authority = (commonName: string, more: object = {}) => makeCertificate({ commonName, authority: true, ...more })
/** A certificate for this machine, sent with others. */
const issued = async (signer: Awaited<ReturnType<typeof authority>>, sent: readonly { readonly cert: string }[], more: object = {}) => {
  const { key, cert } = await makeCertificate({ commonName: 'localhost', names, signer, ...more })
  return { key, cert: [cert, ...sent.map((one) => one.cert)].join('\n') }
}

const refuseName = () => Object.assign(new Error('no'), { code: 'ERR_TLS_CERT_ALTNAME_INVALID' })

const securities = {
  starttls: upToTls,
  implicit: () => {},
} as const

interface Outcome {
  readonly report: ProbeReport
  readonly connections: number
  /** What the client sent outside of TLS, and inside. */
  readonly clear: string
  readonly secret: string
}

/** @param context that of the server, or those of its connections, one after the other */
async function connectTo(
  context: SecureContextOptions | readonly SecureContextOptions[],
  tls: TlsSettings,
  security: keyof typeof securities = 'starttls',
  options: ProbeOptions = {},
): Promise<Outcome> {
  const contexts = [context].flat()
  let connections = 0
  const script: Script = async (peer) => {
    const own = contexts[connections++ % contexts.length]!
    await securities[security](peer)
    await peer.secure(own)
    if (security === 'implicit') peer.say('220 mail.example.com\r\n')
    await peer.hear()
    peer.say('250 mail.example.com\r\n')
    await peer.gone
  }
  await using server = await serve(script)
  const report = await expectNoLeaks(async () => {
    const report = await probe({ host, port: server.port, security }, { tls, ...options })
    await server.quiet()
    return report
  })
  const { peers } = server
  return {
    report,
    connections: peers.length,
    clear: peers.map(({ clear }) => clear.split('\u0016\u0003')[0]).join(''),
    secret: peers.map(({ secret }) => secret).join(''),
  }
}

/** What a refused certificate leads to: nothing is sent under TLS, and only EHLO and STARTTLS before. */
const refusedWith = (code: FailureCode) => ({ code, stage: 'tls', unverified: code, verified: false, clear: '', secret: '' })

function refusalOf({ report: { failure, tls }, clear, secret }: Outcome): object {
  const { code, stage } = failure ?? {}
  return { code, stage, unverified: tls?.unverified, verified: tls?.verified, clear: clear.replace(/^(?:EHLO \S+\r\nSTARTTLS\r\n){1,2}$/, ''), secret }
}

describe.each(['starttls', 'implicit'] as const)('tls.fingerprints with %s', (security) => {
  it('accept a self-signed certificate, and connect twice the first time only', async () => {
    const context = await selfSigned(host)
    const tls = { fingerprints: [fingerprintOf(context.cert)] }
    for (const connections of [2, 1, 1]) {
      const outcome = await connectTo(context, tls, security)
      expect(outcome).toMatchObject({ connections, report: { ok: true, tls: { verified: true } } })
      expect(outcome.report.tls).not.toHaveProperty('unverified')
    }
  })

  it('refuse any other certificate, and show its fingerprint', async () => {
    const [pinned, other] = [await selfSigned(host), await selfSigned(host)]
    const outcome = await connectTo(other, { fingerprints: [fingerprintOf(pinned.cert)] }, security)
    expect(refusalOf(outcome)).toEqual(refusedWith('certificate-changed'))
    expect(outcome.connections).toBe(1)
    expect(outcome.report.failure?.message).toContain(fingerprintOf(other.cert))
  })

  it('refuse a certificate that its authority has not signed, although the server sends the authority', async () => {
    const [real, forged] = [await authority('Root'), await authority('Root')]
    const outcome = await connectTo(await issued(forged, [real]), { fingerprints: [fingerprintOf(real.cert)] }, security)
    expect(refusalOf(outcome)).toEqual(refusedWith('certificate-changed'))
    expect(outcome.connections).toBe(2)
  })
})

describe('a pinned certificate of the server', () => {
  it('may have any name', async () => {
    const context = await selfSigned('mail.example.net')
    expect((await connectTo(context, { fingerprints: [fingerprintOf(context.cert)] })).report.ok).toBe(true)
  })

  it('may be issued by an authority that is not trusted', async () => {
    const context = await issued(await authority('Root'), [])
    expect((await connectTo(context, { fingerprints: [fingerprintOf(context.cert)] })).report.ok).toBe(true)
  })

  it('must be in its period of validity', async () => {
    const context = await selfSigned(host, { from: -30, until: -1 })
    expect(refusalOf(await connectTo(context, { fingerprints: [fingerprintOf(context.cert)] }))).toEqual(refusedWith('certificate-expired'))
  })

  it("must pass the caller's `checkServerIdentity`", async () => {
    const context = await selfSigned(host)
    expect(refusalOf(await connectTo(context, { fingerprints: [fingerprintOf(context.cert)], checkServerIdentity: refuseName }))).toEqual(refusedWith('certificate-name'))
  })

  it('is no authority for others', async () => {
    const pinned = await selfSigned('pinned.example.com')
    const outcome = await connectTo(await issued(pinned, [pinned]), { fingerprints: [fingerprintOf(pinned.cert)] })
    expect(refusalOf(outcome)).toEqual(refusedWith('certificate-changed'))
  })

  it('is not accepted from a server without its key', async () => {
    const [pinned, other] = [await selfSigned('localhost'), await authority('localhost')]
    // The issuer has the name of the pinned certificate, which the server sends along.
    const outcome = await connectTo(await issued(other, [pinned]), { fingerprints: [fingerprintOf(pinned.cert)] })
    expect(refusalOf(outcome)).toEqual(refusedWith('certificate-changed'))
  })
})

describe('a pinned authority', () => {
  it('may be any in the chain that the server sends', async () => {
    const root = await authority('Root')
    const middle = await authority('Middle', { signer: root })
    const context = await issued(middle, [middle, root])
    for (const { cert } of [middle, root]) expect((await connectTo(context, { fingerprints: [fingerprintOf(cert)] })).report.ok).toBe(true)
  })

  it('may come from tls.ca; then one connection is enough', async () => {
    const { ca, context } = await chainOf(3)
    expect(await connectTo(context, { ca, fingerprints: [fingerprintOf(ca)] })).toMatchObject({ connections: 1, report: { ok: true } })
  })

  it('is not trusted if it is only in tls.ca', async () => {
    expect(refusalOf(await connectTo(trusted, { ca, fingerprints: [fingerprintOf((await selfSigned()).cert)] }))).toEqual(refusedWith('certificate-changed'))
  })

  it.each<[what: string, code: FailureCode, more: object]>([
    ['another name', 'certificate-name', { commonName: 'mail.example.net', names: ['mail.example.net'] }],
    ['a certificate that has expired', 'certificate-expired', { from: -30, until: -1 }],
    ['a certificate that is not valid yet', 'certificate-not-yet-valid', { from: 1 }],
  ])('does not make up for %s', async (_what, code, more) => {
    const root = await authority('Root')
    expect(refusalOf(await connectTo(await issued(root, [root], more), { fingerprints: [fingerprintOf(root.cert)] }))).toEqual(refusedWith(code))
  })

  it('must be valid itself', async () => {
    const root = await authority('Root', { from: -30, until: -1 })
    expect(refusalOf(await connectTo(await issued(root, [root]), { fingerprints: [fingerprintOf(root.cert)] }))).toEqual(refusedWith('certificate-expired'))
  })

  it('accepts no intermediate that is no authority', async () => {
    const root = await authority('Root')
    const middle = await selfSigned('Middle', { signer: root })
    expect(refusalOf(await connectTo(await issued(middle, [middle, root]), { fingerprints: [fingerprintOf(root.cert)] }))).toEqual(refusedWith('certificate-changed'))
  })

  it('accepts no chain with a forged intermediate', async () => {
    const root = await authority('Root')
    const [middle, forged] = [await authority('Middle', { signer: root }), await authority('Middle')]
    for (const sent of [[middle, root], [forged, root], [root], [middle]]) {
      expect(refusalOf(await connectTo(await issued(forged, sent), { fingerprints: [fingerprintOf(root.cert), fingerprintOf(middle.cert)] }))).toEqual(refusedWith('certificate-changed'))
    }
  })

  it('is not found among certificates that are not linked to the one of the server', async () => {
    const root = await authority('Root')
    const context = await selfSigned(host)
    const outcome = await connectTo({ ...context, cert: `${context.cert}\n${root.cert}` }, { fingerprints: [fingerprintOf(root.cert)] })
    expect(refusalOf(outcome)).toEqual(refusedWith('certificate-changed'))
  })
})

describe('tls.fingerprints', () => {
  it('may list the next certificate beside the current one', async () => {
    const [current, next] = [await selfSigned(host), await selfSigned(host)]
    const tls = { fingerprints: [fingerprintOf(current.cert), fingerprintOf(next.cert)] }
    for (const context of [current, next, current]) expect((await connectTo(context, tls)).report.ok).toBe(true)
  })

  it('may list a certificate for each of the servers behind one address', async () => {
    const [one, other] = [await selfSigned(host), await selfSigned(host)]
    const { report, connections } = await connectTo([one, other], { fingerprints: [fingerprintOf(one.cert), fingerprintOf(other.cert)] })
    expect([report.ok, connections]).toEqual([true, 3])
  })

  it('replace the trusted authorities, also for a certificate that they have issued', async () => {
    expect(refusalOf(await connectTo(trusted, { ca, fingerprints: [`sha256:${'0'.repeat(64)}`] }))).toEqual(refusedWith('certificate-changed'))
  })

  it("replace Node's own authorities with none until a certificate was seen", () => {
    // An empty text or no value would mean Node's own authorities.
    const { settings } = new Pins({}, [`sha256:${'0'.repeat(64)}`])
    expect(settings.ca).toEqual([])
  })

  it('are checked although `rejectUnauthorized` is false', async () => {
    const tls = { rejectUnauthorized: false, fingerprints: [`sha256:${'0'.repeat(64)}`] }
    expect(refusalOf(await connectTo(trusted, tls))).toEqual(refusedWith('certificate-changed'))
    const root = await authority('Root')
    const context = await issued(root, [root], { commonName: 'mail.example.net', names: ['mail.example.net'] })
    expect(refusalOf(await connectTo(context, { rejectUnauthorized: false, fingerprints: [fingerprintOf(root.cert)] }))).toEqual(refusedWith('certificate-name'))
  })

  it.each<[what: string, fingerprints: unknown]>([
    ['an empty list', []],
    ['another text', ['sha1:00', '']],
    ['a number', [7]],
    ['a text in place of a list', 'sha256:00'],
  ])('that are invalid accept nothing: %s', async (_what, fingerprints) => {
    expect(refusalOf(await connectTo(trusted, { ca, fingerprints } as TlsSettings))).toEqual(refusedWith('certificate-changed'))
  })

  it('trust a certificate only for settings with its fingerprint', async () => {
    const [one, other] = [await selfSigned(host), await selfSigned(host)]
    expect((await connectTo(one, { fingerprints: [fingerprintOf(one.cert)] })).report.ok).toBe(true)
    expect(refusalOf(await connectTo(one, { fingerprints: [fingerprintOf(other.cert)] }))).toEqual(refusedWith('certificate-changed'))
    expect(refusalOf(await connectTo(one, {}))).toEqual(refusedWith('certificate-untrusted'))
  })

  it('work with TLS 1.2, and with a client certificate', async () => {
    const context = await selfSigned(host)
    const { cert, key } = await certificates.issue('trusted')
    expect((await connectTo(context, { fingerprints: [fingerprintOf(context.cert)], maxVersion: 'TLSv1.2', cert, key })).report.ok).toBe(true)
  })
})

describe('the report', () => {
  it('has each certificate in PEM, with a fingerprint that can be pinned', async () => {
    const { ca: root, context } = await chainOf(3)
    const sent = { ...context, cert: `${String(context.cert)}${root}` }
    const { tls, failure } = (await connectTo(sent, {})).report
    expect(failure).toMatchObject({ code: 'certificate-untrusted', advice: expect.stringMatching(/tls\.ca .* tls\.fingerprints/) })
    const { certificate } = tls!
    for (const { pem, fingerprint, fingerprint256 } of [certificate, ...certificate.chain]) {
      expect(fingerprintOf(pem)).toBe(fingerprint)
      expect(new X509Certificate(pem!).fingerprint256).toBe(fingerprint256)
      expect((await connectTo(sent, { fingerprints: [fingerprint] })).report.ok).toBe(true)
    }
    expect((await connectTo(sent, { ca: certificate.chain.at(-1)!.pem })).report.ok).toBe(true)
  })

  it('has no certificate in PEM that contains the secret', async () => {
    const context = await selfSigned(host, { commonName: 'x hunter2 y' })
    const { report } = await connectTo(context, {}, 'starttls', { auth: { user: 'ada', pass: 'hunter2' } })
    expect(report.tls?.certificate.fingerprint).toBe(fingerprintOf(context.cert))
    expect(report.tls?.certificate).not.toHaveProperty('pem')
  })
})

describe('the settings', () => {
  const digits = '0a'.repeat(32)
  const canonical = { fingerprints: [`sha256:${digits}`] }

  it.each<[what: string, fingerprints: unknown]>([
    ['the canonical form', [`sha256:${digits}`]],
    ['colons and upper case', [`SHA256:${'0A:'.repeat(31)}0A`]],
    ['what openssl prints', [`sha256 Fingerprint=${'0A:'.repeat(31)}0A`]],
    ['a text', `sha256:${digits}`],
    ['a text with spaces', ` sha256:${digits}, `],
  ])('accept %s', (_what, fingerprints) => {
    const settings = parseSettings({ host, tls: { fingerprints } })
    expect({ ...settings.tls }).toEqual(canonical)
    expect({ ...parseSettings(formatSettings(settings)).tls }).toEqual(canonical)
  })

  it('may come from the environment or a URL, separated by commas', () => {
    const other = `sha256:${'ff'.repeat(32)}`
    const expected = { fingerprints: [...canonical.fingerprints, other] }
    const text = expected.fingerprints.join(',')
    expect({ ...settingsFromEnv({ SMTP_HOST: host, SMTP_TLS_FINGERPRINTS: text }).tls }).toEqual(expected)
    expect({ ...parseSettings(`smtp://${host}?tls.fingerprints=${text}`).tls }).toEqual(expected)
  })

  it.each<[path: string, fingerprints: unknown]>([
    ['tls.fingerprints', []],
    ['tls.fingerprints', 7],
    ['tls.fingerprints', Array(17).fill(canonical.fingerprints[0])],
    ['tls.fingerprints.0', ['sha256:']],
    ['tls.fingerprints.0', [digits]],
    ['tls.fingerprints.0', [`sha1:${digits.slice(24)}`]],
    ['tls.fingerprints.0', [`sha256:${digits}0`]],
    ['tls.fingerprints.1', [...canonical.fingerprints, `sha256:${digits.slice(1)}g`]],
    ['tls.fingerprints.0', [7]],
  ])('report %s if it is invalid: %j', (path, fingerprints) => {
    const error = thrownBy(() => parseSettings({ host, tls: { fingerprints } }))
    expect(SettingsError.isInstance(error) && error.issues.map((issue) => issue.path)).toEqual([path])
  })
})
